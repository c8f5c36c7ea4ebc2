"""The envelope: one event as one message, CloudEvents 1.0 in structured JSON.

The producer's outbox position is known only once the row is stored, so the body is built without it
and `with_position` puts it in when the relay sends it.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, NoReturn, TypeVar

import orjson
from marshmallow import ValidationError

from frist_contracts.catalogue import event_class
from frist_contracts.errors import ContractError, EventTooLargeError, UnreadableEventError, shown
from frist_contracts.event import Event, Lane
from frist_contracts.quick import Convert, Doubt, dumper, loader
from frist_contracts.schema import faults, is_sound, schema_of
from frist_contracts.wire import MAX_BYTES, read_object

CONTENT_TYPE = "application/cloudevents+json"
_ROOM_FOR_POSITION = 64
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

MUNICIPALITY = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
LONGEST_MUNICIPALITY = 40
"""A routing key, of which it is a word, is broken by a dot and by more than 255 bytes."""

Made = TypeVar("Made")

_QUICK: dict[type[Event], tuple[Convert, Convert]] = {}


class Identity(NamedTuple):
    """Who published an event, and the id it has there: together they are one event's alone (CloudEvents 1.0, `source` and `id`)."""

    producer: str
    event_id: str


@dataclass(frozen=True)
class Envelope:
    """A decoded message: the event and what the envelope says around it."""

    event: Event
    event_id: str
    type: str
    source: str
    subject: str
    time: datetime
    lane: Lane
    correlation_id: str
    causation_id: str | None
    traceparent: str | None

    @property
    def producer(self) -> str:
        """Who published it, as `registration` or `municipality/0101`."""
        return self.source.strip("/")

    @property
    def identity(self) -> Identity:
        """What no two events share: an id is its producer's own."""
        return Identity(self.producer, self.event_id)


@dataclass(frozen=True)
class Origin:
    """Which event a message is, for whoever cannot read the rest of it."""

    event_id: str
    type: str
    producer: str
    position: int


def encode(
    event: Event,
    *,
    event_id: str,
    time: datetime,
    lane: Lane,
    correlation_id: str,
    causation_id: str | None = None,
    traceparent: str | None = None,
) -> str:
    """The envelope as JSON text, still without `position`.

    Raises:
        EventTooLargeError, UnreadableEventError: nobody would read it.
    """
    _check_names(event)
    _load, dump = _quick(type(event))
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/{event.producer}",
        "type": event.type_name(),
        "subject": event.subject,
        "time": time.isoformat(),
        "datacontenttype": "application/json",
        "sequence": event.sequence,
        "municipality": event.municipality,
        "lane": lane.value,
        "private": event.private,
        "correlationid": correlation_id,
        "data": dump(event),
    }
    if causation_id:
        body["causationid"] = causation_id
    if traceparent:
        body["traceparent"] = traceparent
    text = orjson.dumps(body).decode()
    if len(text) > MAX_BYTES // 4:  # up to four bytes a character
        _check_size(event, text)
    return text


def _check_names(event: Event) -> None:
    _check_municipality(event.municipality)
    _check_text(event.subject, "subject")


def _check_size(event: Event, text: str) -> None:
    size = len(text.encode()) + _ROOM_FOR_POSITION
    if size > MAX_BYTES:
        raise EventTooLargeError(f"{event.type_name()} is {size} bytes, more than {MAX_BYTES}: cut it into several")


def with_position(body: str, position: int) -> bytes:
    """The bytes to publish: the stored JSON text with the outbox position put in."""
    return f'{body[:-1]},"position":{position}}}'.encode()


def routing_key(event: Event, lane: Lane) -> str:
    """`<service>.<event>.<lane>.<municipality>`, as `registration.case_opened.bulk.dk-0101`."""
    return f"{event.producer}.{event.slug()}.{lane.value}.{event.municipality}"


def decode(body: bytes) -> Envelope:
    """Read one message.

    Raises:
        UnreadableEventError: the bytes are too many, not JSON, or a field is missing or of a wrong type; the
            message names the field.
        UnknownEventError: the type is not in the catalogue.
    """
    raw = read_object(body)
    if raw.get("specversion") != "1.0":
        _refuse("specversion", "'1.0'")
    event_type = _text(raw, "type")
    cls = event_class(event_type)
    data = raw.get("data")
    if not isinstance(data, dict):
        _refuse("data", "an object")
    values = _values(cls, data)
    source, event_id, time = _source(raw, cls), _identifier(raw), _time(raw)
    values["municipality"] = _check_municipality(raw.get("municipality"))
    values["sequence"] = _number(raw, "sequence")
    values["position"] = _number(raw, "position")
    values["occurred_at"] = time
    values["event_id"] = event_id
    event = _made(cls, values)
    told = {
        "event": event,
        "event_id": event_id,
        "type": event_type,
        "source": source,
        "subject": _subject(raw, event),
        "time": time,
        "lane": _lane(raw),
        "correlation_id": _text(raw, "correlationid"),
        "causation_id": _optional(raw, "causationid"),
        "traceparent": _trace(raw),
    }
    return _made(Envelope, told)


def origin_of(body: bytes) -> Origin | None:
    """Which event of the catalogue a message is that cannot be read; None where not even that is told."""
    try:
        raw = read_object(body)
        cls = event_class(_text(raw, "type"))
        producer = _source(raw, cls).strip("/")
        return Origin(_identifier(raw), cls.type_name(), producer, _number(raw, "position"))
    except ContractError:
        return None


def _made(cls: type[Made], values: dict[str, Any]) -> Made:
    """An instance of a frozen dataclass with a value for each of its fields: its own constructor calls a function for each."""
    made = object.__new__(cls)
    made.__dict__.update(values)
    return made


def _values(cls: type[Event], data: dict[str, Any]) -> dict[str, Any]:
    load, _dump = _quick(cls)
    try:
        return load(data)  # type: ignore[no-any-return]
    except Doubt:
        pass
    try:
        return dict(vars(cls(municipality="", **schema_of(cls).load(data))))  # with what it leaves to the defaults
    except ValidationError as error:
        raise UnreadableEventError(f"{cls.type_name()} is refused: {faults(error)}") from None


def _quick(cls: type[Event]) -> tuple[Convert, Convert]:
    if cls not in _QUICK:
        _QUICK[cls] = (loader(cls), dumper(cls))
    return _QUICK[cls]


def _refuse(name: str, wanted: str) -> NoReturn:
    raise UnreadableEventError(f"{name} is missing or is not {wanted}")


def _text(raw: dict[str, Any], name: str) -> str:
    return _check_text(raw.get(name), name)


def _check_text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value or len(value) > 255:
        _refuse(name, "a text of 1 to 255 characters")
    return value


def _check_municipality(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_MUNICIPALITY or not MUNICIPALITY.fullmatch(value):
        _refuse("municipality", f"a code of 1 to {LONGEST_MUNICIPALITY} letters, digits and hyphens, as dk-0101")
    return value


def _source(raw: dict[str, Any], cls: type[Event]) -> str:
    source = _text(raw, "source")
    if source != f"/{cls.producer}":
        raise UnreadableEventError(f"source is '{shown(source)}', which may not publish {cls.type_name()}")
    return source


def _subject(raw: dict[str, Any], event: Event) -> str:
    subject = _text(raw, "subject")
    if subject != event.subject:
        _refuse("subject", f"what the data names as {event.subject_field}")
    return subject


def _identifier(raw: dict[str, Any]) -> str:
    text = _text(raw, "id")
    if _UUID.fullmatch(text):  # as it is written everywhere
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        _refuse("id", "a UUID")


def _optional(raw: dict[str, Any], name: str) -> str | None:
    return _text(raw, name) if raw.get(name) is not None else None


def _trace(raw: dict[str, Any]) -> str | None:
    """A trace context that makes no sense is left out, as W3C asks; it never harms the event that carries it."""
    value = raw.get("traceparent")
    return value if isinstance(value, str) and TRACEPARENT.fullmatch(value) else None


def _number(raw: dict[str, Any], name: str) -> int:
    value = raw.get(name)
    if type(value) is not int or not 0 <= value < 2**63:
        _refuse(name, "a whole number from 0")
    return value


def _time(raw: dict[str, Any]) -> datetime:
    wanted = "an instant with its UTC offset, from 1000 to 9998"
    try:
        time = datetime.fromisoformat(_text(raw, "time"))
    except ValueError:
        _refuse("time", wanted)
    if time.tzinfo is None or not is_sound(time):
        _refuse("time", wanted)
    return time.astimezone(UTC)


def _lane(raw: dict[str, Any]) -> Lane:
    try:
        return Lane(_text(raw, "lane"))
    except ValueError:
        _refuse("lane", "'urgent' or 'bulk'")
