"""The words of states, forms, channels and reasons, for people."""

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _

STATES: dict[str, Any] = {
    "obliged": _("Not heard from"),
    "registered": _("Registered"),
    "assessed": _("Inventory answered"),
    "waiting": _("Waiting for a seat"),
    "booked": _("Has a seat"),
    "helped": _("Helped, not yet confirmed"),
    "fulfilled": _("Fulfilled"),
    "exempt": _("Exempt"),
    "withdrawn": _("Withdrawn"),
    "unreachable": _("Unreachable"),
    "not_heard_from": _("Not heard from"),
    "under_way": _("Under way, exempt or left"),
    "hidden": _("Hidden, as too few"),
}

FORMS: dict[str, Any] = {"desk": _("Desk at a library"), "visit": _("Visit"), "course": _("Course")}

BOOKINGS: dict[str, Any] = {
    "booked": _("To come"),
    "attended": _("Attended"),
    "missed": _("Did not come"),
    "cancelled": _("Cancelled"),
}

CHANNELS: dict[str, Any] = {"email": _("E-mail"), "sms": _("SMS"), "letter": _("Letter"), "none": _("No channel")}

OUTCOMES: dict[str, Any] = {"sent": _("Sent"), "withheld": _("Rightly not sent"), "failed": _("Failed")}

PURPOSES: dict[str, Any] = {
    "registration_receipt": _("Receipt for registering"),
    "link_sent_again": _("Own link, sent again"),
    "booking_confirmed": _("Confirmation of a seat"),
    "booking_moved": _("Change of a seat"),
    "booking_cancelled": _("Cancellation of a seat"),
    "booking_missed": _("After a no-show"),
    "waiting": _("On the waiting list"),
    "unplaced": _("Off the waiting list"),
    "session_reminder": _("Reminder before a session"),
    "survey_invitation": _("Survey"),
}

REASONS: dict[str, Any] = {
    "no_seat_fits": _("No seat fits"),
    "session_cancelled": _("The session was cancelled"),
    "no_show": _("Did not come last time"),
    "another_session": _("Needs another session"),
    "needs_changed": _("The wishes changed"),
    "coach_changed": _("The coach no longer helps with this"),
    "case_closed": _("The case was closed"),
    "erased": _("The organisation was erased"),
    "useless_after": _("It would have come too late"),
    "too_late_for_letter": _("A letter would have come too late"),
    "state_changed": _("The case had moved on"),
    "superseded": _("A newer message took its place"),
    "cap": _("The organisation had heard enough that week"),
    "quiet_hours": _("Quiet hours"),
    "no_address": _("No address on this channel"),
}

MEANINGS: dict[str, tuple[Any, Any]] = {
    "late": (_("Late"), _("Cases neither fulfilled nor exempt once the deadline has passed.")),
    "seats_needed": (_("Waiting for a seat"), _("Cases on the waiting list.")),
    "seats_foreseen": (
        _("More to come"),
        _("What the model still expects, times the share of registered cases that have wanted a seat so far."),
    ),
    "seats_free": (_("Free seats"), _("Seats not taken, from today up to and including the day that is named.")),
    "seats_short": (
        _("Seats short"),
        _(
            "Cases waiting beyond the free seats, added up over the municipalities: one's free seats do not help another."
        ),
    ),
    "no_show_share": (_("No-shows"), _("Missed among attended and missed bookings.")),
    "satisfied": (_("Satisfied"), _("Answers of 4 or 5 on a scale of five.")),
    "expected": (_("Model"), _("Registrations by 1/(days left + 5 days), scaled to the days that are over.")),
    "paid": (_("Paid"), _("Subsidies for sessions held, up to each municipality's ceiling.")),
}
"""What the numbers mean, for readers; the same as in the domain's definitions, which are frozen with every report."""

SCORES: dict[str, Any] = {
    "5": _("Very satisfied"),
    "4": _("Satisfied"),
    "3": _("Neither satisfied nor dissatisfied"),
    "2": _("Dissatisfied"),
    "1": _("Very dissatisfied"),
}


def state(name: str) -> str:
    """A state or a group of states."""
    return _known(STATES, name)


def form(name: str) -> str:
    """A help form."""
    return _known(FORMS, name)


def channel(name: str) -> str:
    """A channel."""
    return _known(CHANNELS, name)


def outcome(name: str) -> str:
    """What became of a message."""
    return _known(OUTCOMES, name)


def booking(name: str) -> str:
    """What became of a booking."""
    return _known(BOOKINGS, name)


def reason(name: str) -> str:
    """Why something waits or was not sent."""
    return _known(REASONS, name)


def purpose(name: str) -> str:
    """What a message was for; a step of the ladder goes by the programme's own name for it."""
    kind, _colon, step = name.partition(":")
    return f"{_LADDER}: {step}" if kind == "ladder" else _known(PURPOSES, name)


def named(names: dict[str, str], fallback: str = "") -> str:
    """The name in the reader's language, else in Danish, else any."""
    return names.get(get_locale().language) or names.get("da") or next(iter(names.values()), fallback)


_LADDER = _("Deadline reminder")


def _known(labels: dict[str, Any], name: str) -> str:
    """The label, or the slug itself made readable: a new one must not break a page."""
    return str(labels[name]) if name in labels else name.replace("_", " ").replace("-", " ").capitalize()
