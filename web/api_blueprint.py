"""A blueprint of HTTP for programs: flask-smorest's, whose schemas are made once and not for each request."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Request, request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from web.characters import refuse_unstorable_json
from web.quick_bodies import Doubt, quick_reader


class BodyParser(FlaskParser):
    """Webargs' own with a quick way, and with a refusal of JSON that is too deep or has too long a number."""

    def parse(self, argmap: Any, req: Request | None = None, *, location: str | None = None, **options: Any) -> Any:
        """What the request carries, checked; the quick way reads it only where webargs would come to the same."""
        if location == "json" and isinstance(argmap, Schema) and (read := quick_reader(argmap)):
            with suppress(Doubt):
                return read(req or request)
        return super().parse(argmap, req, location=location, **options)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body's data; raises `BadRequest` for whatever cannot be read as such."""
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError):
            raise BadRequest from None

    def pre_load(self, location_data: Any, *, schema: Schema, req: Request, location: str) -> Any:  # noqa: ARG002
        """The same data; raises `ValidationError` for a body with text that cannot be kept. The gate sees to the rest."""
        if location == "json":
            refuse_unstorable_json(location_data)
        return location_data


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """What a service's API is made of. A schema is used by many requests at once, so it may keep nothing of them."""

    ARGUMENTS_PARSER = BodyParser()

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Callable[..., Any]:
        """Say what a request carries; making a schema copies all its fields, which costs as much as reading it."""
        made = schema() if isinstance(schema, type) else schema
        arguments: Callable[..., Any] = super().arguments(made, **options)
        return arguments
