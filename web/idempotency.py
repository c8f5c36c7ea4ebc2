"""A repeated request gets the first answer: `Idempotency-Key` on POSTs that create.

The answer is kept in the same transaction as the effect, so a crash leaves both or neither.
Same key and body: the kept answer with its status. While the first still runs: 409. Another body: 422.
Only answers that succeeded are kept: after a refusal the request is tried anew.
"""

import hashlib
import json
import random
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, make_response, request
from sqlalchemy import Connection, Row, delete, func, insert, select, text

from messaging.refusals import Refusal
from web.actor import current_actor
from web.database import unit_of_work
from web.tables import idempotency_keys

HEADER = "Idempotency-Key"
MARK = "__frist_idempotent__"
LONGEST_KEY = 255

_View = TypeVar("_View", bound=Callable[..., Any])
_CLEAN_UP_CHANCE = 0.01
_LOCK = text("SELECT pg_try_advisory_xact_lock(:number)")


class RequestInProgress(Refusal):
    """The first request with this key is still running."""


class KeyReused(Refusal):
    """The key was used for another request."""

    slug = "idempotency_key_reused"
    status = 422


class KeyTooLong(Refusal):
    """The key is longer than 255 characters."""

    slug = "idempotency_key_too_long"
    status = 422


def idempotent(view: _View) -> _View:
    """Honour `Idempotency-Key`, which callers may leave out; the order of the view's decorators does not matter."""
    setattr(view, MARK, True)
    return view


def honour_keys(app: Flask) -> None:
    """Wrap the app's views that are marked `@idempotent`, outside of everything that reads or writes their bodies."""
    for endpoint, view in app.view_functions.items():
        methods = getattr(view, "view_class", None)
        if getattr(view, MARK, False) or getattr(getattr(methods, "post", None), MARK, False):
            app.view_functions[endpoint] = _answering_once(view)


def _answering_once(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def answer_once(*args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER)
        if not key or request.method != "POST":
            return view(*args, **kwargs)
        if len(key) > LONGEST_KEY:
            raise KeyTooLong(f"{HEADER} is longer than {LONGEST_KEY} characters; a UUID is enough.")
        with unit_of_work() as uow:
            return _kept_or_made(uow.connection, key, lambda: make_response(view(*args, **kwargs)))

    return answer_once


def _kept_or_made(connection: Connection, key: str, make: Callable[[], Response]) -> Response:
    key_hash = _digest(current_actor().actor_id or "", request.method, request.path, key)
    if not connection.execute(_LOCK, {"number": int.from_bytes(key_hash[:8], signed=True)}).scalar_one():
        raise RequestInProgress(
            "The first request with this Idempotency-Key is still running; ask again.", retry_after=1
        )
    row = connection.execute(select(idempotency_keys).where(idempotency_keys.c.key_hash == key_hash)).one_or_none()
    request_hash = _digest(request.full_path, request.get_data())
    if row is not None:
        return _kept(row, key, request_hash)
    response = make()
    if response.status_code < 400:
        row_values = {"key_hash": key_hash, "request_hash": request_hash, "status": response.status_code}
        connection.execute(insert(idempotency_keys).values(**row_values, answer=_sealed(key, response)))
        _sometimes_forget_old(connection)
    return response


def _kept(row: Row[Any], key: str, request_hash: bytes) -> Response:
    if row.request_hash != request_hash:
        raise KeyReused("This Idempotency-Key was used for another request; take a new key for each request.")
    try:
        answer = json.loads(_cipher(key).decrypt(row.answer))
    except InvalidToken:
        raise KeyReused(
            "The answer kept for this Idempotency-Key can no longer be read; look before you repeat."
        ) from None
    response = Response(answer["body"], status=row.status, headers=answer["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _sealed(key: str, response: Response) -> bytes:
    headers = [[name, value] for name, value in response.headers if name in {"Content-Type", "Location", "ETag"}]
    return _cipher(key).encrypt(json.dumps({"body": response.get_data(as_text=True), "headers": headers}).encode())


def _cipher(key: str) -> Fernet:
    """Only who knows both our secret and the caller's key can read a kept answer: it may hold a link."""
    return Fernet(urlsafe_b64encode(_digest("idempotency", str(current_app.secret_key), key)))


def _digest(*parts: str | bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8) + raw)
    return digest.digest()


def forget_old_answers(connection: Connection) -> int:
    """Remove up to 500 answers older than a day; returns how many."""
    old = select(idempotency_keys.c.key_hash).where(
        idempotency_keys.c.created_at < func.now() - text("interval '1 day'")
    )
    return connection.execute(delete(idempotency_keys).where(idempotency_keys.c.key_hash.in_(old.limit(500)))).rowcount


def _sometimes_forget_old(connection: Connection) -> None:
    if random.random() < _CLEAN_UP_CHANCE:  # noqa: S311 - spreads the work, protects nothing
        forget_old_answers(connection)
