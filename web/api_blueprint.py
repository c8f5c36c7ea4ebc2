"""A blueprint of HTTP for programs: flask-smorest's, whose schemas are made once and not for each request."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """What a service's API is made of. A schema is used by many requests at once, so it may keep nothing of them."""

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Callable[..., Any]:
        """Say what a request carries; making a schema copies all its fields, which costs as much as reading it."""
        made = schema() if isinstance(schema, type) else schema
        arguments: Callable[..., Any] = super().arguments(made, **options)
        return arguments
