"""Shows what each text says, in each language, with example facts."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from services.notifications.channels.texts import LANGUAGES, own_keys
from services.notifications.channels.wording import Parcel, put_into_words
from services.notifications.domain.message import Message
from services.notifications.domain.programme import Programme
from services.notifications.domain.purposes import LADDER, PURPOSES
from services.notifications.domain.recipient import EMAIL, Contact, Recipient
from services.notifications.domain.short_text import parts
from web.links import Links

_NAMES = {"da": "Bøgely Smedje ApS", "sv": "Björkbackens Smedja AB", "en": "Beech Grove Smithy Ltd"}
_PREVIEW_LINKS = Links("a preview has links that lead nowhere", "https://frist.example")


@dataclass(frozen=True)
class Preview:
    """One text in one language; `parts` is how many SMS its short form takes."""

    key: str
    language: str
    subject: str
    body: str
    short: str
    parts: int
    is_the_programmes_own: bool


def preview_texts(programme: Programme, now: datetime, language: str | None = None) -> list[Preview]:
    """Every text that a programme can send, its own ones included."""
    keys = sorted({*own_keys(), *programme.texts, *(step.text for step in programme.ladder)})
    languages = [language] if language else list(LANGUAGES)
    return [_preview(key, each, programme, now) for key in keys for each in languages]


def preview_links() -> Links:
    """Makes links that look right and lead nowhere."""
    return _PREVIEW_LINKS


def parcel_to_show(message: Message, recipient: Recipient, programme: Programme, now: datetime) -> Parcel:
    """A kept message as staff may read it."""
    return Parcel(message, recipient, programme, message.channel or EMAIL, now)


def _preview(key: str, language: str, programme: Programme, now: datetime) -> Preview:
    wording = put_into_words(_example(key, language, programme, now), _PREVIEW_LINKS)
    return Preview(
        key, language, wording.subject, wording.body, wording.short, parts(wording.short), key in programme.texts
    )


def _example(key: str, language: str, programme: Programme, now: datetime) -> Parcel:
    day = programme.local(now).date() + timedelta(days=7)
    starts_at = datetime.combine(day, time(10, 0), programme.zone).astimezone(UTC)
    message = Message(
        message_id="00000000-0000-0000-0000-000000000000",
        case_id="example",
        programme_id=programme.programme_id,
        municipality="",
        purpose=key if key in PURPOSES else LADDER,
        text=key,
        send_after=now,
        useless_after=now + timedelta(days=1),
        parameters={
            "form": "desk",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(minutes=45)).isoformat(),
            "venue_name": "Roskilde Bibliotek" if language != "sv" else "Umeå stadsbibliotek",
            "venue_address": "Dronning Margrethes Vej 14, 4000 Roskilde" if language != "sv" else "Storgatan 46, Umeå",
            "coach_name": "Mette Holm" if language != "sv" else "Karin Holm",
            "topics": list(programme.topics)[:2],
            "reason": "session_cancelled",
            "survey_id": "example",
            "request_id": "example",
        },
    )
    contact = Contact(organisation_name=_NAMES[language], email="example@example.org", language=language, channel=EMAIL)
    recipient = Recipient("example", programme.programme_id, "", contact=contact)
    return Parcel(message, recipient, programme, EMAIL, now)
