"""What pages call things: forms of help, levels, reasons; told in the reader's language."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _

from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.storage.listings import Visitor
from web.language import current_language

FORMS: dict[str, Any] = {"desk": _("At the library"), "visit": _("Visit at your place"), "course": _("Course")}
STAFF_FORMS: dict[str, Any] = {"desk": _("Desk"), "visit": _("Visit"), "course": _("Course")}
LANGUAGES: dict[str, Any] = {"da": _("Danish"), "sv": _("Swedish"), "en": _("English")}
SKILLS: dict[int, Any] = {0: _("Not at all"), 1: _("With help"), 2: _("Mostly"), 3: _("Yes, without help")}
"""As the questions before the session name the levels, so that before and after are the same scale."""
COURSE_LEVELS: dict[str, Any] = {
    "beginner": _("Beginners"),
    "intermediate": _("Some experience"),
    "advanced": _("Experienced"),
}
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
WAITING_REASONS: dict[str, Any] = {
    "no_seat_fits": _("No seat fits yet"),
    "session_cancelled": _("The session was cancelled"),
    "no_show": _("Did not come last time"),
    "another_session": _("Needs another session"),
    "needs_changed": _("The wishes changed"),
    "coach_changed": _("The coach no longer helps with this"),
}
CANCEL_REASONS: dict[str, Any] = {
    "illness": _("The coach is ill"),
    "room": _("The room cannot be used"),
    "other": _("Another reason"),
}
BOOKING_STATES: dict[str, tuple[Any, str]] = {
    "held": (_("Held"), "info"),
    "to_come": (_("Booked"), "info"),
    "booked": (_("To be recorded"), "info"),
    "attended": (_("Came"), "success"),
    "no_show": (_("Did not come"), "warning"),
    "cancelled": (_("Cancelled"), "error"),
}
SESSION_STATES: dict[str, tuple[Any, str]] = {
    "open": (_("Open"), "info"),
    "held": (_("Held and recorded"), "success"),
    "missed": (_("Nobody came"), "warning"),
    "cancelled": (_("Cancelled"), "error"),
}


def booking_state(visitor: Visitor, today: date) -> tuple[Any, str]:
    """What a booking is called and its kind; nobody is to be recorded before the day."""
    is_to_come = visitor.state == "booked" and visitor.session.day > today
    return BOOKING_STATES["to_come" if is_to_come else visitor.state]


def topic_name(rules: ProgrammeRules | None, topic: str) -> str:
    """A topic's name in the reader's language, or the nearest there is."""
    names = rules.topics.get(topic, {}) if rules else {}
    return names.get(current_language()) or names.get("en") or topic.replace("_", " ").capitalize()


def in_order(rules: ProgrammeRules, topics: Iterable[str]) -> list[str]:
    """Topics in the order the programme teaches them."""
    wanted = set(topics)
    return [*(topic for topic in rules.topics if topic in wanted), *sorted(wanted - rules.topics.keys())]
