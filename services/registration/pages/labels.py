"""The words of states, kinds, forms, channels and happenings, for people."""

import re
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from services.registration.domain.contact import Contact
from services.registration.domain.register import REASONS_WITH_FACTS
from services.registration.domain.words import DECIDED

STATES: dict[str, Any] = {
    "obliged": _("Not heard from"),
    "registered": _("Registered"),
    "assessed": _("Questions answered"),
    "waiting": _("Waiting for a seat"),
    "booked": _("Has a seat"),
    "helped": _("Helped"),
    "fulfilled": _("Done"),
    "exempt": _("Exempt"),
    "withdrawn": _("Withdrawn"),
    "unreachable": _("Unreachable"),
}

STATE_KINDS = {
    "obliged": "neutral",
    "registered": "info",
    "assessed": "info",
    "waiting": "warning",
    "booked": "info",
    "helped": "info",
    "fulfilled": "success",
    "exempt": "success",
    "withdrawn": "neutral",
    "unreachable": "error",
}

IN_PLAIN_WORDS: dict[str, Any] = {
    "obliged": _("We have not heard from you yet. Register for free help; it takes two minutes."),
    "registered": _("You are registered. Answer a few questions, and we find a time for you."),
    "assessed": _("You have answered the questions. You neither have a time nor wait for one."),
    "waiting": _("You are on the waiting list. You hear from us as soon as there is a time for you."),
    "booked": _("You have a time with a coach."),
    "helped": _("You have been helped. Something is still left to do; see below."),
    "fulfilled": _("You are done. There is nothing more to do."),
    "exempt": _("You are exempt. There is nothing more to do."),
    "withdrawn": _("You have withdrawn. You do not hear from us any more."),
    "unreachable": _("Our messages do not reach you. Give us a new address below."),
}

LOOKING: Any = _("Thank you for your answers. We are looking for a time for you; you hear from us.")
"""Between the answers and the first word from scheduling."""

KINDS: dict[str, Any] = {
    "company": _("Company"),
    "sole_proprietor": _("Sole proprietor"),
    "association": _("Association"),
}

FORMS: dict[str, Any] = {
    "desk": _("At a library, alone with a coach"),
    "visit": _("A coach visits us"),
    "course": _("A short course with others at our level"),
}

CHANNELS: dict[str, Any] = {"email": _("E-mail"), "sms": _("Text message"), "letter": _("Letter")}

LANGUAGES = {"da": "Dansk", "sv": "Svenska", "en": "English"}

LEVELS: dict[int, Any] = {
    0: _("Not at all"),
    1: _("With help"),
    2: _("Mostly"),
    3: _("Yes, without help"),
}

ROLES: dict[str, Any] = {
    "operator": _("National operator"),
    "lead": _("Lead of a municipality"),
    "coach": _("Coach"),
}

GROUNDS: dict[str, Any] = {
    "no_broadband": _("No good enough internet connection can be had"),
    "disability": _("Disability"),
    "closing_down": _("The organisation is closing down"),
}

HAPPENINGS: dict[str, Any] = {
    "registered": _("Registered"),
    "registered_again": _("Registered again"),
    "assessed": _("Answered the questions"),
    "contact_changed": _("Contact data changed"),
    "moved": _("Moved to another municipality"),
    "link_replaced": _("Link replaced"),
    "link_sent_again": _("Link sent again"),
    "case_waitlisted": _("Put on the waiting list"),
    "case_unplaced": _("No longer waits for a seat"),
    "booking_confirmed": _("Got a seat"),
    "booking_moved": _("Seat moved"),
    "booking_cancelled": _("Seat cancelled"),
    "booking_missed": _("Did not come"),
    "booking_attended": _("Came and was helped"),
    "fulfilled": _("Case ended: done"),
    "exempt": _("Case ended: exempt"),
    "withdrawn": _("Case ended: withdrawn"),
    "unreachable": _("Case ended: unreachable"),
    "erased": _("Personal data erased"),
}

IMPORT_STATES: dict[str, Any] = {
    "receiving": _("Arriving"),
    "staged": _("Being taken"),
    "done": _("All taken"),
    "broken": _("Broken off"),
}


_FACT = re.compile(r"%\\\((\w+)\\\)s")
_REASONS = {each: re.compile(_FACT.sub(r"(?P<\1>.+)", re.escape(each)), re.DOTALL) for each in REASONS_WITH_FACTS}


def done_by(who: str) -> str:
    """Who did something, from its entry in a case's history."""
    kind, _colon, _identifier = who.partition(":")
    words = {
        "organisation": gettext("The organisation"),
        "programme": gettext("The programme"),
        "staff": gettext("Staff"),
        "key": gettext("A program"),
    }
    return str(words.get(kind, who))


def help_forms(forms: list[str]) -> str:
    """The forms of help in words."""
    return " · ".join(str(FORMS[form]) for form in forms)


def address(contact: Contact) -> str:
    """Where letters go, on one line: `Istedgade 1, 1650 København V`."""
    town = " ".join(filter(None, [contact.postcode, contact.city]))
    return ", ".join(filter(None, [contact.address, town]))


def ground(slug: str) -> str:
    """A ground of exemption in words, or as the programme wrote it."""
    return str(GROUNDS.get(slug, slug.replace("_", " ").capitalize()))


def note(written: str, grounds: list[str]) -> str:
    """The note of an entry in a case's history: a ground of its programme in words, all else as it was written."""
    if written == DECIDED:
        return str(gettext("Without a reason given"))
    return ground(written) if written in GROUNDS or written in grounds else written


def reason(written: str) -> str:
    """Why a file or a row of it was refused, with what the sentence tells of the row."""
    for sentence, pattern in _REASONS.items():
        if found := pattern.fullmatch(written):
            return str(gettext(sentence, **found.groupdict()))
    return str(gettext(written))


def own_language(texts: dict[str, str]) -> str:
    """The text of a programme in the reader's language."""
    locale = get_locale()
    return str(texts.get(locale.language if locale else "da", texts["da"]))
