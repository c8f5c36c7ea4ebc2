"""The staff's signed session cookie: made at sign-in by registration, valid for the whole origin.

A cookie cannot be called back, so each carries the version that its owner's sessions had when it was made. Registration
raises the version to end them all, tells the others by `StaffSessionsEnded`, and each service compares at each request.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from frist_contracts import StaffSessionsEnded
from messaging.clock import machine_now
from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from web.actor import Actor, Role
from web.tables import staff_sessions

SESSION_COOKIE = "frist_session"
SESSION_LASTS = timedelta(hours=8)

_STAFF = "staff"


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, which makes a signer for every request, also for those without a cookie: most come from programs."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the cookie, else a new one."""
        return super().open_session(app, request) if SESSION_COOKIE in request.cookies else self.session_class()


def start_staff_session(
    *,
    staff_id: str,
    role: Role,
    name: str = "",
    municipality: str | None = None,
    coach_id: str | None = None,
    version: int = 0,
) -> None:
    """Sign the person in for eight hours. A new session: nothing of the old one stays."""
    session.clear()
    session[_STAFF] = {
        "id": staff_id,
        "role": role.value,
        "name": name,
        "municipality": municipality,
        "coach_id": coach_id,
        "version": version,
        "until": (machine_now() + SESSION_LASTS).isoformat(),
    }


def forget_session() -> None:
    """Take the session out of this browser; `end_sessions` ends it."""
    session.clear()


def end_sessions(staff_id: str, connection: Connection) -> int:
    """End whatever the person has begun, wherever; returns the version of what begins from here on."""
    first = insert(staff_sessions).values(staff_id=staff_id, version=1)
    raised = first.on_conflict_do_update(
        index_elements=[staff_sessions.c.staff_id], set_={"version": staff_sessions.c.version + 1}
    )
    return int(connection.execute(raised.returning(staff_sessions.c.version)).scalar_one())


def learn_sessions_ended(event: StaffSessionsEnded, uow: UnitOfWork) -> None:
    """What registration ended is over here too."""
    told = insert(staff_sessions).values(staff_id=event.staff_id, version=event.sequence)
    newest = func.greatest(staff_sessions.c.version, told.excluded.version)
    uow.connection.execute(
        told.on_conflict_do_update(index_elements=[staff_sessions.c.staff_id], set_={"version": newest})
    )


def session_version(staff_id: str, connection: Connection) -> int:
    """The version of the sessions that this person has now; 0 until some were ended."""
    found = select(staff_sessions.c.version).where(staff_sessions.c.staff_id == staff_id)
    return connection.execute(found).scalar() or 0


def staff_of_session(database: "Database[Any] | None") -> Actor | None:
    """Who is signed in, or None when nobody is, the eight hours are over or the session was ended."""
    facts: dict[str, Any] | None = session.get(_STAFF)
    if facts is None or datetime.fromisoformat(facts["until"]) <= machine_now() or _was_ended(facts, database):
        return None
    return Actor(
        kind="staff",
        actor_id=facts["id"],
        role=Role(facts["role"]),
        name=facts["name"],
        municipality=facts["municipality"],
        coach_id=facts["coach_id"],
    )


def _was_ended(facts: dict[str, Any], database: "Database[Any] | None") -> bool:
    if database is None:  # the front page, which shows nothing of anybody's
        return False
    with database.engine.connect() as connection:
        version = session_version(facts["id"], connection)
    return int(facts.get("version", 0)) < version
