"""The staff's signed session cookie: made at sign-in by registration, valid for the whole origin."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from messaging.clock import machine_now
from web.actor import Actor, Role

SESSION_COOKIE = "frist_session"
SESSION_LASTS = timedelta(hours=8)

_STAFF = "staff"


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, which makes a signer for every request, also for those without a cookie: most come from programs."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the cookie, else a new one."""
        return super().open_session(app, request) if SESSION_COOKIE in request.cookies else self.session_class()


def start_staff_session(
    *, staff_id: str, role: Role, name: str = "", municipality: str | None = None, coach_id: str | None = None
) -> None:
    """Sign the person in for eight hours. A new session: nothing of the old one stays."""
    session.clear()
    session[_STAFF] = {
        "id": staff_id,
        "role": role.value,
        "name": name,
        "municipality": municipality,
        "coach_id": coach_id,
        "until": (machine_now() + SESSION_LASTS).isoformat(),
    }


def end_staff_session() -> None:
    """Sign the person out."""
    session.clear()


def staff_of_session() -> Actor | None:
    """Who is signed in, or None when nobody is or the eight hours are over."""
    facts: dict[str, Any] | None = session.get(_STAFF)
    if facts is None or datetime.fromisoformat(facts["until"]) <= machine_now():
        return None
    return Actor(
        kind="staff",
        actor_id=facts["id"],
        role=Role(facts["role"]),
        name=facts["name"],
        municipality=facts["municipality"],
        coach_id=facts["coach_id"],
    )
