"""No request brings in text that the database cannot keep: all of them are looked through before their views see them.

Addresses, queries and forms are looked through at the gate, JSON by the `BodyParser`: no view or field needs a rule of
its own, and none can be forgotten. Files are read by who takes them in.
"""

from collections.abc import Iterable
from typing import Any

from flask import abort, request
from marshmallow import ValidationError

from messaging.refusals import Refusal
from messaging.storable import REMEDY, is_storable, unstorable_paths
from web.request_kind import is_api_request, is_write


class InvisibleCharacters(Refusal):
    """A text has characters that cannot be kept; remove the invisible characters."""

    status = 422


def refuse_unstorable_text() -> None:
    """Refuse a query or a form with such a text, naming the field; an address with one leads nowhere (404)."""
    if not all(is_storable(str(part)) for part in (request.view_args or {}).values()):
        abort(404)
    if request.query_string:
        _refuse_among(request.args.items(multi=True))
    if is_write() and not is_api_request():
        _refuse_among(request.form.items(multi=True))


def refuse_unstorable_json(data: Any) -> None:
    """Raise ValidationError for JSON with such texts, naming the field of each."""
    if paths := unstorable_paths(data):
        raise ValidationError({".".join(map(str, path)) or "_schema": [REMEDY] for path in sorted(paths, key=str)})


def _refuse_among(entries: Iterable[tuple[str, str]]) -> None:
    for name, value in entries:
        if not (is_storable(name) and is_storable(value)):
            raise InvisibleCharacters(REMEDY, field=name)
