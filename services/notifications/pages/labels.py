"""What states, channels, purposes and reasons are called on pages."""

from typing import Any

from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _

STATES = {
    "planned": (_("Planned"), "info"),
    "sending": (_("Being sent"), "info"),
    "sent": (_("Sent"), "success"),
    "withheld": (_("Withheld"), "neutral"),
    "failed": (_("Failed"), "error"),
}
"""Each with the kind of its tag."""

CHANNELS = {"email": _("E-mail"), "sms": _("SMS"), "letter": _("Letter")}

LANGUAGES = {"da": _("Danish"), "sv": _("Swedish"), "en": _("English")}

NOTHING = "-"

PURPOSES = {
    "registration_receipt": _("Receipt of registration"),
    "link_sent_again": _("Own link, sent again"),
    "waiting": _("On the waiting list"),
    "unplaced": _("No time"),
    "booking_confirmed": _("Booking confirmed"),
    "booking_moved": _("Booking moved"),
    "booking_cancelled": _("Booking cancelled"),
    "booking_missed": _("Did not come"),
    "session_reminder": _("Reminder of a session"),
    "survey_invitation": _("Invitation to the survey"),
    "staff_sign_in": _("Staff sign-in"),
    "ladder": _("Reminder of the deadline"),
}

REASONS = {
    "useless_after": _("It was too late to be of use"),
    "case_closed": _("The case has ended"),
    "state_changed": _("The case has moved on"),
    "superseded": _("Something newer took its place"),
    "erased": _("The organisation was erased"),
    "cap": _("The organisation had heard enough already"),
    "quiet_hours": _("It would have had to go in the quiet hours"),
    "too_late_for_letter": _("A letter would have come too late"),
    "no_address": _("No address is left that works"),
    "returned": _("The letter came back"),
    "delivered": _("It arrived"),
    "mail_server_away": _("The mail server did not answer; it is tried again"),
    "sms_gateway_away": _("The SMS gateway did not answer; it is tried again"),
    "sms_failed": _("The phone could not be reached"),
    "sms_rejected": _("The phone number does not work"),
    "sms_expired": _("The phone was not reached in time"),
}

BATCH_STATES = {
    "ready": (_("Ready"), "success"),
    "stale": (_("Being printed again"), "info"),
    "removed": (_("Files removed"), "neutral"),
}


def purpose_name(purpose: str) -> str:
    """As `Reminder of the deadline (letter-1)`."""
    kind, _sep, step = purpose.partition(":")
    name = str(PURPOSES.get(kind, kind))
    return f"{name} ({step})" if step else name


def reason_name(reason: str | None) -> str:
    """The reason in words; a code of the other side's is said as it is."""
    if not reason:
        return ""
    if reason in REASONS:
        return str(REASONS[reason])
    if reason.startswith(("mail_", "sms_")):
        return str(gettext("The other side said no (%(code)s)", code=reason))
    return reason


def count_row(row: dict[str, Any]) -> tuple[Any, ...]:
    """A line of the counts in words."""
    state, channel = STATES[row["state"]][0], CHANNELS.get(row["channel"], NOTHING)
    return purpose_name(row["purpose"]), state, channel, reason_name(row["reason"]), format_decimal(row["messages"])
