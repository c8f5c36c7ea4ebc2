"""The HTTP side: pages that list and show what was caught, and the SMS gateway."""

import hmac
from itertools import islice
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request

from operations.catcher.store import CaughtStore, header, part_text

_PAGE = 100
_NEEDED = ("sender", "recipients", "text", "reference")

Answer = tuple[Response, int]


def create_app(store: CaughtStore, sms_token: str | None = None) -> Flask:
    """The pages over a store; with `sms_token` the gateway takes only who knows it."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 100_000

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.get("/")
    def listing() -> str:
        before, words = request.args.get("before", type=int), request.args.get("q", "")
        entries = list(islice(store.newest(before, words), _PAGE + 1))
        last = entries[_PAGE - 1]["number"] if len(entries) > _PAGE else None
        return render_template("list.html", entries=entries[:_PAGE], older=last, words=words, count=len(store))

    @app.get("/messages/<int:number>")
    def one(number: int) -> str:
        entry = store.entry(number) or abort(404)
        if entry["kind"] == "sms":
            return render_template("message.html", entry=entry, headers=[], text=entry["text"], calendar="")
        mail = store.mail(entry)
        headers = [
            (name, header(mail, name)) for name in ("From", "To", "Subject", "Date", "Message-ID", "X-Frist-Purpose")
        ]
        text, calendar = part_text(mail, "text/plain"), part_text(mail, "text/calendar")
        return render_template("message.html", entry=entry, headers=headers, text=text, calendar=calendar)

    @app.get("/messages/<int:number>/source")
    def source(number: int) -> Response:
        entry = store.entry(number)
        if entry is None or entry["kind"] != "mail":
            abort(404)
        return Response(store.content(entry), content_type="text/plain; charset=utf-8")

    @app.get("/health")
    def health() -> Answer:
        return jsonify(caught=len(store)), 200

    @app.post("/sms")
    def sms() -> Answer:
        if sms_token and not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {sms_token}"):
            return jsonify(error="the token is not known here"), 401
        return _take_sms(store, request.get_json(silent=True))

    return app


def _take_sms(store: CaughtStore, body: Any) -> Answer:
    if not isinstance(body, dict) or any(not body.get(name) for name in _NEEDED):
        return jsonify(error=f"send JSON with {', '.join(_NEEDED)}"), 400
    recipients = body["recipients"]
    if not isinstance(recipients, list) or not all(str(number).startswith("+") for number in recipients):
        return jsonify(error="recipients are numbers in the form +4512345678"), 422
    if any(str(number).endswith("0000") for number in recipients):
        return jsonify(error="this number is not in use"), 422
    fresh = store.add_sms(", ".join(map(str, recipients)), str(body["text"]), str(body["reference"]))
    return jsonify(reference=body["reference"], status="accepted" if fresh else "accepted_before"), 202
