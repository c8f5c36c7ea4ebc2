"""The words of the domain that are closed lists: states, kinds, forms, channels, languages, levels."""

OBLIGED, REGISTERED, ASSESSED, WAITING = "obliged", "registered", "assessed", "waiting"
BOOKED, HELPED = "booked", "helped"
FULFILLED, EXEMPT, WITHDRAWN, UNREACHABLE = "fulfilled", "exempt", "withdrawn", "unreachable"

LIVE_STATES = (OBLIGED, REGISTERED, ASSESSED, WAITING, BOOKED, HELPED)
FINAL_STATES = (FULFILLED, EXEMPT, WITHDRAWN, UNREACHABLE)
STATES = LIVE_STATES + FINAL_STATES
"""A case is in exactly one of these at any time."""

DECIDED = "decided"
"""Why a case was ended by staff who gave no reason."""

KINDS = ("company", "sole_proprietor", "association")
FORMS = ("desk", "visit", "course")
CHANNELS = ("email", "sms", "letter")
LANGUAGES = ("da", "sv", "en")
LEVELS = ("beginner", "intermediate", "advanced")
COUNTRIES = ("dk", "se")
