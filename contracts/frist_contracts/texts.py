"""What the texts of a programme may mention in {braces}: registration lets in what notifications can fill.

A programme gives the texts of its ladder's steps, and may replace those of the messages in `MESSAGE_PLACEHOLDERS`.
"""

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""How a placeholder is written; any other brace is a slip."""

STEP_PLACEHOLDERS = frozenset({"organisation_name", "programme_name", "deadline", "days_left", "link"})
"""What a step of the ladder may mention, and every other message too."""

_SESSION = STEP_PLACEHOLDERS | {"when", "when_short", "form", "where", "venue", "coach", "topics"}

MESSAGE_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "registration_receipt": STEP_PLACEHOLDERS,
    "link_sent_again": STEP_PLACEHOLDERS,
    "waiting": STEP_PLACEHOLDERS | {"topics"},
    "unplaced": STEP_PLACEHOLDERS,
    "booking_confirmed": _SESSION,
    "booking_moved": _SESSION,
    "booking_cancelled": _SESSION | {"why"},
    "booking_missed": STEP_PLACEHOLDERS,
    "session_reminder": _SESSION,
    "survey_invitation": STEP_PLACEHOLDERS | {"survey_link"},
}
"""What each message may mention, by the name of its text. Mail to staff belongs to no programme."""
