"""The request's way into the service's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app, g

from messaging.database import Database
from web.tracing import traceparent

_EXTENSION = "frist.database"


def connect_app(extensions: dict[str, Any], database: "Database[Any] | None") -> None:
    """Give the app its database; nothing is opened yet."""
    extensions[_EXTENSION] = database


def app_database() -> "Database[Any]":
    """The running app's database."""
    return cast("Database[Any]", current_app.extensions[_EXTENSION])


def joins_another() -> bool:
    """Whether `unit_of_work` would give one that is open already: what fails in it cannot be done again."""
    return g.get("unit_of_work") is not None


@contextmanager
def unit_of_work() -> Iterator[Any]:
    """One transaction: commits at the end, rolls back on any exception.

    Inside an `@idempotent` view this is the transaction that also keeps the answer, and it commits with it.
    The unit of work is the service's own class.
    """
    running = g.get("unit_of_work")
    if running is not None:
        yield running
        return
    with app_database().begin() as uow:
        g.unit_of_work = uow
        uow.outbox.traceparent = traceparent()
        try:
            yield uow
        finally:
            g.pop("unit_of_work", None)
