"""Lists page by page: `?after=<cursor>&limit=<n>`. A cursor names the last item seen, so nothing is skipped or repeated."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from messaging.storable import unstorable_paths

DEFAULT_LIMIT = 50
HIGHEST_LIMIT = 500

Item = TypeVar("Item")


@dataclass(frozen=True)
class PageArgs:
    """What was asked for: at most `limit` items that come after the values of `after` (empty: from the start)."""

    after: tuple[Any, ...] = ()
    limit: int = DEFAULT_LIMIT

    @property
    def rows(self) -> int:
        """How many rows to fetch: one more than shown, to know whether there is a next page."""
        return self.limit + 1

    @property
    def after_instant(self) -> tuple[datetime, str] | None:
        """The instant and id that the page before ended with, in a list sorted by them; a cursor of another list means the start."""
        try:
            at, item_id = self.after
            return datetime.fromisoformat(at), str(item_id)
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items, and the cursor of the next page (None on the last)."""

    items: list[Item]
    next: str | None

    @classmethod
    def of(cls, rows: Sequence[Item], args: PageArgs, cursor: Callable[[Item], tuple[Any, ...]]) -> "Page[Item]":
        """The page of up to `args.rows` fetched rows; `cursor` gives the values the list is sorted by."""
        shown = list(rows[: args.limit])
        more = len(rows) > args.limit
        return cls(items=shown, next=encode_cursor(*cursor(shown[-1])) if more else None)


class CursorField(fields.Field[tuple[Any, ...]]):
    """An opaque cursor; refuses what was not made by `encode_cursor`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Any, ...]:  # noqa: ARG002
        try:
            return decode_cursor(str(value))
        except ValueError:
            raise ValidationError("This is not a cursor; take it from 'next' of the page before.") from None


class PageArgsSchema(Schema):
    """The query of a list; use it as `@blueprint.arguments(page_args, location="query")`."""

    class Meta:
        """Other filters of the same view are read by their own schema."""

        unknown = EXCLUDE

    after = CursorField(load_default=(), metadata={"description": "`next` of the page before", "type": "string"})
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, HIGHEST_LIMIT))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PageArgs:
        """The checked query as a value."""
        return PageArgs(**data)


page_args = PageArgsSchema()


def page_args_of_request() -> PageArgs:
    """The same for pages of people, where a broken cursor just means the start."""
    try:
        checked: PageArgs = page_args.load(request.args.to_dict())
    except ValidationError:
        return PageArgs()
    return checked


def page_schema(item: type[Schema]) -> type[Schema]:
    """The answer's shape: `{"items": [...], "next": cursor or null}`."""
    shape = {"items": fields.List(fields.Nested(item), required=True), "next": fields.String(allow_none=True)}
    return type(f"{item.__name__.removesuffix('Schema')}PageSchema", (Schema,), dict(shape))


def encode_cursor(*values: Any) -> str:
    """The values as one opaque word."""
    return urlsafe_b64encode(json.dumps(values, default=str).encode()).rstrip(b"=").decode()


def decode_cursor(text: str) -> tuple[Any, ...]:
    """The values back; raises ValueError for anything else."""
    try:
        values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except RecursionError:
        raise ValueError(text) from None
    if not isinstance(values, list) or unstorable_paths(values):
        raise ValueError(text)
    return tuple(values)
