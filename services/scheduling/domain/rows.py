"""Reads venues and coaches from rows of text, as a CSV file holds them; the formats are told in docs/importing.md.

Every refusal names the column and says how to mend it.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from messaging.storable import REMEDY, is_storable
from services.scheduling.domain.availability import Block
from services.scheduling.domain.people import Coach, Venue
from services.scheduling.domain.refusals import InvalidValue
from services.scheduling.domain.week import read_hours, read_opening

VENUE_COLUMNS = ("venue_id", "municipality", "name", "address", "opening")
COACH_COLUMNS = (
    "coach_id", "name", "email", "municipalities", "languages", "forms", "accreditations", "availability",
)  # fmt: skip
LANGUAGES = ("da", "sv", "en")
FORMS = ("desk", "visit", "course")
LONGEST_TEXT, LONGEST_ROOM, LONGEST_TOPIC = 200, 60, 64
"""Characters."""

Row = Mapping[str, str | None]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MUNICIPALITY = re.compile(r"(dk|se)-\d{4}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PLACE = re.compile(
    r"@(?P<venue>[A-Za-z0-9_.-]+)(?:/(?P<room>[^=\[]+?))?\s*"
    r"(?:=(?P<forms>[a-z+]+))?\s*"
    r"(?:\[(?P<from>\d{4}-\d{2}-\d{2})?\.\.(?P<to>\d{4}-\d{2}-\d{2})?\])?",
    re.IGNORECASE,
)


def read_venue(row: Row) -> Venue:
    """A venue from its row."""
    return Venue(
        venue_id=_identifier(row, "venue_id"),
        municipality=municipality_code(_required(row, "municipality"), "municipality"),
        name=_short(_required(row, "name"), LONGEST_TEXT, "name"),
        address=_short(_required(row, "address"), LONGEST_TEXT, "address"),
        opening=tuple(read_opening(_text(row, "opening"))),
    )


def read_coach(row: Row) -> Coach:
    """A coach from a row."""
    return Coach(
        coach_id=_identifier(row, "coach_id"),
        name=_short(_required(row, "name"), LONGEST_TEXT, "name"),
        email=email_address(_short(_required(row, "email"), LONGEST_TEXT, "email")),
        municipalities=tuple(municipality_code(code, "municipalities") for code in _list(row, "municipalities")),
        languages=one_of(_list(row, "languages"), LANGUAGES, "languages"),
        forms=one_of(_list(row, "forms"), FORMS, "forms"),
        accreditations=dict(_accreditation(entry) for entry in _list(row, "accreditations")),
        blocks=read_availability(_text(row, "availability")),
    )


def read_availability(text: str) -> tuple[Block, ...]:
    """Blocks of a week: `mon 10:00-16:00@venue/room=desk+visit[2013-08-01..2013-12-31]`, parted by `;`.

    Room, forms and dates may be left out: no room, all forms of the coach, for ever.
    """
    return tuple(block for entry in text.split(";") if entry.strip() for block in _blocks(entry))


def write_availability(blocks: Iterable[Block]) -> str:
    """The text of blocks, which `read_availability` reads back."""
    return "; ".join(_block_text(block) for block in blocks)


def municipality_code(text: str, field: str) -> str:
    """A country-prefixed code such as `dk-0101`."""
    if not _MUNICIPALITY.fullmatch(text):
        raise InvalidValue(f"“{text}” is no municipality: write dk- or se- and four digits, as dk-0101.", field=field)
    return text


def email_address(text: str) -> str:
    """An e-mail address, in lower case."""
    if not _EMAIL.fullmatch(text):
        raise InvalidValue(f"“{text}” is no e-mail address: write it like name@example.org.", field="email")
    return text.lower()


def one_of(values: list[str], known: tuple[str, ...], field: str) -> tuple[str, ...]:
    """The values, each of which must be known."""
    for value in values:
        if value not in known:
            raise InvalidValue(f"“{value}” is not known: choose from {', '.join(known)}.", field=field)
    return tuple(values)


def _blocks(entry: str) -> list[Block]:
    hours_text, _, place_text = entry.partition("@")
    hours, rest = read_hours(hours_text, "availability")
    place = _PLACE.fullmatch(f"@{place_text.strip()}")
    if rest or not place:
        example = "mon 10:00-16:00@venue_id or mon 10:00-16:00@venue_id/room=desk[2013-08-01..2013-12-31]"
        raise InvalidValue(f"“{entry.strip()}” is not like “{example}”.", field="availability")
    forms = place["forms"].lower().split("+") if place["forms"] else []
    return [
        Block(
            hours=day,
            venue_id=place["venue"],
            room=_short((place["room"] or "").strip(), LONGEST_ROOM, "availability") or None,
            forms=one_of(forms, FORMS, "availability"),
            valid_from=_day(place["from"], "availability") if place["from"] else None,
            valid_to=_day(place["to"], "availability") if place["to"] else None,
        )
        for day in hours
    ]


def _block_text(block: Block) -> str:
    room = f"/{block.room}" if block.room else ""
    forms = f"={'+'.join(block.forms)}" if block.forms else ""
    dates = f"[{block.valid_from or ''}..{block.valid_to or ''}]" if block.valid_from or block.valid_to else ""
    return f"{block.hours}@{block.venue_id}{room}{forms}{dates}"


def _accreditation(entry: str) -> tuple[str, date]:
    topic, colon, expires_on = entry.partition(":")
    if not colon or not topic.strip():
        raise InvalidValue(f"“{entry}” is not like “digital_signature:2014-12-31”.", field="accreditations")
    return _short(topic.strip(), LONGEST_TOPIC, "accreditations"), _day(expires_on.strip(), "accreditations")


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"“{text}” is no date: write year-month-day, as 2014-12-31.", field=field) from None


def _identifier(row: Row, field: str) -> str:
    text = _required(row, field)
    if not _ID.fullmatch(text):
        raise InvalidValue(f"“{text}” is no id: use up to 64 letters, digits, “-”, “_” and “.”.", field=field)
    return text


def _text(row: Row, field: str) -> str:
    text = (row.get(field) or "").strip()
    if not is_storable(text):
        raise InvalidValue(REMEDY, field=field)
    return text


def _required(row: Row, field: str) -> str:
    text = _text(row, field)
    if not text:
        raise InvalidValue(f"{field} is empty: fill it in.", field=field)
    return text


def _short(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise InvalidValue(f"“{text[:20]}…” has {len(text)} characters: shorten it to {longest}.", field=field)
    return text


def _list(row: Row, field: str) -> list[str]:
    entries = [entry.strip() for entry in re.split(r"[;,]", _required(row, field)) if entry.strip()]
    if not entries:
        raise InvalidValue(f"{field} names nothing: fill it in.", field=field)
    return entries
