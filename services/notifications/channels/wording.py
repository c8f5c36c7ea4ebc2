"""Puts a message into words, at the moment it is sent: links are derived here and are nowhere at rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime

from frist_contracts.texts import PLACEHOLDER
from services.notifications.channels.texts import text_of, words_of
from services.notifications.domain.message import Message
from services.notifications.domain.programme import Programme
from services.notifications.domain.recipient import Contact, Recipient
from services.notifications.domain.short_text import as_gsm
from web.links import Links

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Parcel:
    """A message with all that is needed to word and address it. `recipient` and `programme` are None for staff."""

    message: Message
    recipient: Recipient | None
    programme: Programme | None
    channel: str
    now: datetime

    @property
    def contact(self) -> Contact:
        """Where it goes."""
        if self.recipient and self.recipient.contact:
            return self.recipient.contact
        parameters = self.message.parameters
        return Contact(email=parameters.get("email"), language=parameters.get("language", "en"), channel="email")


@dataclass(frozen=True)
class Wording:
    """A message in words: `short` is the whole of it as an SMS."""

    language: str
    subject: str
    body: str
    short: str
    footer: str


def put_into_words(parcel: Parcel, links: Links) -> Wording:
    """The message in the organisation's language; a placeholder that is not known stays as it is, visibly."""
    language = parcel.contact.language
    text = text_of(parcel.message.text, language, parcel.programme)
    values = Values(parcel, links)
    subject = _SPACES.sub(" ", _fill(text["subject"], values)).strip()
    short = text.get("sms") or text["subject"].rstrip(".") + ". {link}"
    return Wording(
        language=language,
        subject=subject,
        body=_fill(text["body"], values).strip(),
        short=as_gsm(_SPACES.sub(" ", _fill(short, values)).strip()),
        footer=_fill(words_of(language)["footer"], values).strip(),
    )


def _fill(text: str, values: "Values") -> str:
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


class Values:
    """What the placeholders of texts stand for; each is made only when a text asks for it."""

    def __init__(self, parcel: Parcel, links: Links) -> None:
        self._parcel = parcel
        self._links = links
        self._words = words_of(parcel.contact.language)
        self._parameters = parcel.message.parameters

    def get(self, name: str, default: str) -> str:
        """The value of a placeholder, or the default."""
        make = _MAKERS.get(name)
        return make(self) if make else default

    def organisation_name(self) -> str:
        """The organisation."""
        return self._parcel.contact.organisation_name

    def programme_name(self) -> str:
        """The programme, in the organisation's language."""
        names = self._parcel.programme.names if self._parcel.programme else {}
        return _in(names, self._parcel.contact.language) or "Frist"

    def deadline(self) -> str:
        """The deadline's date, or the programme's end."""
        programme = self._parcel.programme
        return format_date(programme.deadline, self._words["date"], locale=self._locale) if programme else ""

    def days_left(self) -> str:
        """Whole days until the deadline; 0 after it."""
        programme = self._parcel.programme
        return str(max(0, programme.days_left(self._parcel.now))) if programme else ""

    def link(self) -> str:
        """The organisation's own page."""
        recipient = self._parcel.recipient
        if recipient is None or recipient.contact is None:
            return ""
        token = self._links.token("case", recipient.case_id, recipient.contact.link_version)
        return self._links.url(f"/registration/case/{token}")

    def survey_link(self) -> str:
        """The survey about one session."""
        return self._links.url(f"/reporting/survey/{self._links.token('survey', self._parameters['survey_id'])}")

    def sign_in_link(self) -> str:
        """The way in for staff."""
        return self._links.url(f"/registration/sign-in/{self._links.token('sign-in', self._parameters['request_id'])}")

    def when(self) -> str:
        """Day, start and end of the session, on the programme's clocks."""
        start = _moment(self._local("starts_at"), self._words["day_and_time"], self._locale)
        end = _moment(self._local("ends_at"), self._words["clock"], self._locale)
        return str(self._words["until"].format(start=start, end=end))

    def when_short(self) -> str:
        """Day and start of the session."""
        return _moment(self._local("starts_at"), self._words["short"], self._locale)

    def form(self) -> str:
        """The help form, as it stands after "you have"."""
        return str(self._words["forms"].get(self._parameters.get("form"), self._parameters.get("form", "")))

    def where(self) -> str:
        """Where to go, or that the coach comes."""
        if self._parameters.get("form") == "visit":
            return str(self._words["at_your_place"])
        places = [self._parameters.get("venue_name"), self._parameters.get("venue_address")]
        return ", ".join(place for place in places if place)

    def venue(self) -> str:
        """The place's name alone."""
        return self.where() if self._parameters.get("form") == "visit" else str(self._parameters.get("venue_name", ""))

    def coach(self) -> str:
        """Who helps."""
        return str(self._parameters.get("coach_name") or self._words["our_coach"])

    def topics(self) -> str:
        """What the help is about."""
        programme, language = self._parcel.programme, self._parcel.contact.language
        names = programme.topics if programme else {}
        found = [_in(names.get(topic, {}), language) or topic for topic in self._parameters.get("topics", [])]
        return ", ".join(name[:1].lower() + name[1:] for name in found) or str(self._words["nothing"])

    def why(self) -> str:
        """Why a time was cancelled and how it goes on."""
        reasons: dict[str, str] = self._words["why"]
        reason = str(self._parameters.get("reason"))
        on_behalf = f"{reason}_by_{self._parameters.get('cancelled_by')}"
        return reasons.get(on_behalf) or reasons.get(reason, reasons["other"])

    @property
    def _locale(self) -> Locale:
        return _locale(self._parcel.contact.language)

    def _local(self, name: str) -> datetime:
        instant = datetime.fromisoformat(self._parameters[name])
        return self._parcel.programme.local(instant) if self._parcel.programme else instant


_MAKERS: dict[str, Callable[[Values], str]] = {
    name: maker for name, maker in vars(Values).items() if not name.startswith("_") and name != "get"
}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse("en_GB" if language == "en" else language)


@lru_cache(maxsize=4096)
def _moment(local: datetime, pattern: str, locale: Locale) -> str:
    """Sessions share their times, so most of this work is done once."""
    text: str = format_datetime(local, pattern, locale=locale)
    return text[:1].upper() + text[1:]


def _in(names: dict[str, Any], language: str) -> str:
    return str(names.get(language) or names.get("en") or next(iter(names.values()), ""))
