"""Who did what, when, on whose behalf: kept for every read and change of personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import Connection, Row, insert, select

from messaging.unit_of_work import UnitOfWork
from web.actor import current_actor
from web.tables import access_log

ACTIONS = frozenset({"read", "change", "search", "export", "erase"})


def log_access(uow: UnitOfWork, *, action: str, subject: str, on_behalf_of: str | None = None) -> None:
    """Keep that the running request's actor touched `subject` (as `case:<id>`), in the transaction that did it.

    `subject` names by id, never by anything personal; `on_behalf_of` is whom staff or a program act for, named alike. Raises ValueError for an action that is not in `ACTIONS`.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is not one of {', '.join(sorted(ACTIONS))}")
    actor = current_actor()
    entry = {
        "at": uow.now,
        "actor_kind": actor.kind,
        "actor_id": actor.actor_id,
        "role": actor.role.value if actor.role else None,
        "municipality": actor.municipality,
        "action": action,
        "subject": subject,
        "on_behalf_of": on_behalf_of,
        "request_id": g.get("request_id") if has_request_context() else None,
    }
    uow.journal.add(access_log, entry)


def log_terminal_access(connection: Connection, *, user: str, subject: str, at: datetime) -> None:
    """Keep that somebody at a terminal of the platform read `subject`; `user` is their name on that machine."""
    entry = {"at": at, "actor_kind": "terminal", "actor_id": user, "action": "read", "subject": subject}
    connection.execute(insert(access_log), entry)


def accesses_of(connection: Connection, subject: str, limit: int = 100) -> Sequence[Row[Any]]:
    """Who touched the subject, newest first: what an organisation may ask for."""
    query = select(access_log).where(access_log.c.subject == subject)
    return connection.execute(query.order_by(access_log.c.entry.desc()).limit(limit)).all()
