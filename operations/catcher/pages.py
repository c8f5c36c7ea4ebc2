"""The HTTP side: pages that list and show what was caught, and the SMS gateway."""

import hmac
from itertools import islice
from typing import Any, cast

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request

from operations.catcher.store import CaughtStore, header, part_text

_PAGE = 100
_SHOWN = ("From", "To", "Subject", "Date", "Message-ID", "X-Frist-Purpose")
_NEEDED = ("sender", "recipients", "text", "reference")

Answer = tuple[Response, int]

blueprint = Blueprint("catcher", __name__)


def create_app(store: CaughtStore, sms_token: str | None = None) -> Flask:
    """The pages over a store; with `sms_token` the gateway takes only who knows it."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=100_000, SMS_TOKEN=sms_token)
    app.extensions["store"] = store
    app.register_blueprint(blueprint)
    return app


@blueprint.after_app_request
def harden(response: Response) -> Response:
    """What mails say is shown as text, never run."""
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.get("/")
def listing() -> str:
    """What was caught, newest first."""
    before, words = request.args.get("before", type=int), request.args.get("q", "")
    entries = list(islice(_store().newest(before, words), _PAGE + 1))
    last = entries[_PAGE - 1]["number"] if len(entries) > _PAGE else None
    return render_template("list.html", entries=entries[:_PAGE], older=last, words=words, count=len(_store()))


@blueprint.get("/messages/<int:number>")
def one(number: int) -> str:
    """One mail with its calendar part, or one SMS."""
    entry = _store().entry(number) or abort(404)
    if entry["kind"] == "sms":
        return render_template("message.html", entry=entry, headers=[], text=entry["text"], calendar="")
    mail = _store().mail(entry)
    headers = [(name, header(mail, name)) for name in _SHOWN]
    text, calendar = part_text(mail, "text/plain"), part_text(mail, "text/calendar")
    return render_template("message.html", entry=entry, headers=headers, text=text, calendar=calendar)


@blueprint.get("/messages/<int:number>/source")
def source(number: int) -> Response:
    """A mail as it came."""
    entry = _store().entry(number)
    if entry is None or entry["kind"] != "mail":
        abort(404)
    return Response(_store().content(entry), content_type="text/plain; charset=utf-8")


@blueprint.get("/health")
def health() -> Answer:
    """How much was caught."""
    return jsonify(caught=len(_store())), 200


@blueprint.post("/sms")
def take_sms() -> Answer:
    """The gateway: JSON with `sender, recipients, text, reference`; the same reference twice is one SMS."""
    token, body = current_app.config["SMS_TOKEN"], request.get_json(silent=True)
    given = request.headers.get("Authorization", "")
    if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return jsonify(error="the token is not known here"), 401
    if not isinstance(body, dict) or any(not body.get(name) for name in _NEEDED):
        return jsonify(error=f"send JSON with {', '.join(_NEEDED)}"), 400
    recipients = body["recipients"]
    if not isinstance(recipients, list) or not all(str(number).startswith("+") for number in recipients):
        return jsonify(error="recipients are numbers in the form +4512345678"), 422
    if any(str(number).endswith("0000") for number in recipients):
        return jsonify(error="this number is not in use"), 422
    fresh = _store().add_sms(", ".join(map(str, recipients)), str(body["text"]), str(body["reference"]))
    return jsonify(reference=body["reference"], status="accepted" if fresh else "accepted_before"), 202


def _store() -> CaughtStore:
    found: Any = current_app.extensions["store"]
    return cast("CaughtStore", found)
