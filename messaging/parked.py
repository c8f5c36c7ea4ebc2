"""Messages that the service gave up on, kept with their reason until an operator decides.

Replaying hands a message to the retries, due at once: it travels the ordinary way, and the inbox absorbs what has
taken effect meanwhile. Discarding puts it into the inbox without an effect: however often the event is delivered or
sent again later, it stays discarded. Once a message is replayed, discarded or applied, its row stays without the
personal data, and without any of the body when nobody could read it.

What cannot be read has no subject. Where it still tells which event it is, as when the contract of a later version has
changed, it stands for that event: the ledger takes it for parked, and nobody asks for it again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from frist_contracts import EVENTS, MAX_BYTES, ContractError, Envelope, Lane, Origin, decode, origin_of
from messaging import erasure, retries
from messaging.masking import without_personal
from messaging.refusals import Refusal

UNREADABLE = "unreadable"
"""What stands for the type of a message that does not tell it, and finds all that could not be read."""
AT_ONCE = 5_000
"""How many messages are replayed or discarded in one transaction at most."""

_PARK = text("""
    INSERT INTO parked (event_id, type, producer, position, subject, lane, body, reason, detail, attempts)
    VALUES (:event_id, :type, :producer, :position, :subject, :lane, :body, :reason, :detail, :attempts)
""")
_PARK_UNREADABLE = text("""
    INSERT INTO parked (event_id, type, producer, position, lane, body, digest, reason, detail, attempts)
    VALUES (:event_id, :type, :producer, :position, :lane, :body, :digest, :reason, '', 1)
    ON CONFLICT DO NOTHING
""")
_KNOWN = text("SELECT 1 FROM parked WHERE event_id = :event_id AND producer = :producer AND state = 'parked'")
IS_APPLIED = "EXISTS (SELECT FROM inbox WHERE inbox.event_id = parked.event_id AND inbox.producer = parked.producer)"
"""Whether the event of a row of `parked` took effect on another way, or was discarded, in SQL."""
_CHOSEN = f"""
    state = 'parked' AND NOT {IS_APPLIED} AND parked_id <= coalesce(CAST(:upto AS bigint), 9223372036854775807)
    AND (CAST(:type_name AS text) IS NULL OR :type_name IN (type, CASE WHEN subject IS NULL THEN '{UNREADABLE}' END))
    AND (CAST(:reason AS text) IS NULL OR position(lower(:reason) IN lower(reason)) > 0)
    AND (CAST(:subject AS text) IS NULL OR :subject IN (subject, CAST(event_id AS text)))
    AND (CAST(:since AS timestamptz) IS NULL OR parked_at >= :since)
    AND (CAST(:until AS timestamptz) IS NULL OR parked_at < :until)
"""
_LIST = text(f"""
    SELECT parked_id, event_id::text AS event_id, coalesce(type, '{UNREADABLE}') AS type, producer, position, subject,
           lane, reason, attempts, parked_at
    FROM parked WHERE {_CHOSEN} AND parked_id > :after ORDER BY parked_id LIMIT :limit
""")
_COUNTS = text(f"""
    SELECT split_part(reason, ':', 1) AS reason, coalesce(type, '{UNREADABLE}') AS type, count(*) AS messages,
           min(parked_at) AS oldest_at, max(parked_id) AS newest
    FROM parked WHERE {_CHOSEN} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
""")
_NUMBERS = text(f"SELECT parked_id FROM parked WHERE {_CHOSEN} ORDER BY parked_id LIMIT :limit")
_SHOW = text(f"""
    SELECT parked_id, event_id::text AS event_id, coalesce(type, '{UNREADABLE}') AS type, producer, position, subject,
           lane, reason, attempts, parked_at, body, detail, state, resolution, resolved_by, resolved_at
    FROM parked WHERE parked_id = :id
""")
_TAKE = text(
    "SELECT parked_id, body FROM parked WHERE state = 'parked' AND parked_id = ANY(:ids) ORDER BY 1 FOR UPDATE"
)
_REPLAYED = text("""
    UPDATE parked SET state = 'replayed', resolved_by = :by, resolved_at = clock_timestamp()
    WHERE state = 'parked' AND parked_id = ANY(:ids)
""")
_SETTLED = """
    CASE WHEN subject IS NOT NULL AND type = ANY(CAST(:personal AS text[])) THEN convert_from(body, 'UTF8') END
"""
"""The text of a message that is settled, when there may be personal data in it."""
_LEFT = "CASE WHEN subject IS NULL THEN '' ELSE body END"
"""What stays of the body of one that is settled."""
_DISCARD = text(f"""
    WITH given_up AS (
        UPDATE parked SET state = 'discarded', resolution = :reason, resolved_by = :by, resolved_at = clock_timestamp(),
               body = {_LEFT}
        WHERE state = 'parked' AND parked_id = ANY(:ids) RETURNING *
    ), closed AS (
        INSERT INTO inbox (event_id, producer, position, type, lane)
        SELECT event_id, producer, position, type, lane FROM given_up WHERE event_id IS NOT NULL ON CONFLICT DO NOTHING
    )
    SELECT parked_id, {_SETTLED} FROM given_up
""")
_CLOSE_APPLIED = text(f"""
    UPDATE parked SET state = 'applied', resolved_at = clock_timestamp(), body = {_LEFT}
    WHERE state = 'parked' AND {IS_APPLIED}
    RETURNING parked_id, {_SETTLED}
""")
_NOBODY_KNOWS = dict.fromkeys(Origin.__annotations__)
_PERSONAL = [event.type_name() for event in EVENTS if event.personal]


class NotParked(Refusal):
    """There is no such parked message; `frist parked list` shows what there is."""

    status = 404


class StillUnreadable(Refusal):
    """The message cannot be read as an event, so it cannot be replayed; discard it with a reason."""


class ReasonMissing(Refusal):
    """Say why the messages are given up; the reason is kept with them."""


@dataclass(frozen=True)
class Choice:
    """Which of the parked messages; None is no condition.

    `subject` is what they are about or the event's own id, `reason` is contained in theirs, `since` and `until` are about
    when they were parked, `upto` is the highest number: what is parked while somebody looks at a list is not meant.
    """

    type_name: str | None = None
    reason: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    upto: int | None = None


@dataclass(frozen=True)
class ParkedMessage:
    """A parked message as an operator sees it in a list."""

    parked_id: int
    event_id: str | None
    type: str
    producer: str | None
    position: int | None
    subject: str | None
    lane: str
    reason: str
    attempts: int
    parked_at: datetime


@dataclass(frozen=True)
class ParkedDetail(ParkedMessage):
    """A message with all that is known of it; `detail` is the stack, `resolution` why it was discarded."""

    body: bytes
    detail: str
    state: str
    resolution: str | None
    resolved_by: str | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class ReasonCount:
    """How many messages are parked for one kind of reason; `newest` is the highest of their numbers."""

    reason: str
    type: str
    messages: int
    oldest_at: datetime
    newest: int


@dataclass(frozen=True)
class Replayed:
    """How many will be tried again, and the numbers of those that still cannot be read."""

    messages: int
    unreadable: tuple[int, ...] = ()


def park(
    connection: Connection,
    body: bytes,
    lane: Lane | str,
    *,
    envelope: Envelope | None,
    reason: str,
    detail: str = "",
    attempts: int = 1,
) -> None:
    """Keep a message that will not be tried again by itself; parking the same event twice keeps one.

    The body is what `storable` leaves. Personal data stays in it: where the reason or the stack repeats it, it is masked.
    """
    if envelope and connection.execute(_KNOWN, envelope.identity._asdict()).first():
        return
    connection.execute(
        _PARK,
        {
            "event_id": envelope.event_id if envelope else None,
            "type": envelope.type if envelope else None,
            "producer": envelope.producer if envelope else None,
            "position": envelope.event.position if envelope else None,
            "subject": envelope.subject if envelope else None,
            "lane": Lane(lane).value,
            "body": body,
            "reason": without_personal(reason, envelope.event) if envelope else reason,
            "detail": without_personal(detail, envelope.event) if envelope else detail,
            "attempts": attempts,
        },
    )


def park_unreadable(connection: Connection, messages: Sequence[tuple[bytes, Lane]], reasons: Sequence[str]) -> None:
    """Keep messages that are no events, as they came; the same bytes are kept once, however often they come.

    Of a body that is larger than any event may be, the beginning is kept, and nothing of one about somebody who was erased.
    """
    in_one_order = sorted(zip(messages, reasons, strict=True))  # so that no two workers wait for each other
    came = [body[:MAX_BYTES] for (body, _lane), _reason in in_one_order]
    kept = erasure.storable_unread(connection, came)
    for ((_body, lane), reason), body, left in zip(in_one_order, came, kept, strict=True):
        values = {"lane": lane.value, "body": left, "digest": sha256(body).digest(), "reason": reason}
        origin = origin_of(body)
        connection.execute(_PARK_UNREADABLE, values | (vars(origin) if origin else _NOBODY_KNOWS))


def list_parked(
    connection: Connection, choice: Choice | None = None, *, after: int = 0, limit: int = 100
) -> list[ParkedMessage]:
    """The open parked messages, oldest first, a page at a time; not those that took effect by another copy meanwhile."""
    values = _values(choice) | {"after": after, "limit": limit}
    return [ParkedMessage(*row) for row in connection.execute(_LIST, values)]


def count_parked(connection: Connection, choice: Choice | None = None) -> list[ReasonCount]:
    """How many are open for each reason and type, most first."""
    return [ReasonCount(*row) for row in connection.execute(_COUNTS, _values(choice))]


def numbers_of(connection: Connection, choice: Choice, limit: int = AT_ONCE) -> list[int]:
    """The numbers of the messages that are chosen, oldest first."""
    return list(connection.execute(_NUMBERS, _values(choice) | {"limit": limit}).scalars())


def show(connection: Connection, parked_id: int) -> ParkedDetail:
    """One message, open or not; raises NotParked."""
    row = connection.execute(_SHOW, {"id": parked_id}).first()
    if row is None:
        raise NotParked
    values: dict[str, Any] = {**row._mapping, "body": bytes(row.body)}  # noqa: SLF001 - SQLAlchemy's public name for it
    return ParkedDetail(**values)


def replay(connection: Connection, numbers: Sequence[int], now: datetime, by: str) -> Replayed:
    """Try messages again, from their first attempt; those that are not parked any more are left as they are."""
    readable, unreadable = [], []
    for row in connection.execute(_TAKE, {"ids": list(numbers)}):
        try:
            readable.append((row.parked_id, decode(bytes(row.body)), bytes(row.body)))
        except ContractError:
            unreadable.append(row.parked_id)
    connection.execute(_REPLAYED, {"ids": [number for number, _, _ in readable], "by": by})
    for _number, envelope, body in readable:
        retries.schedule(connection, envelope, body, attempts=0, reason=f"replayed by {by}", due_at=now)
    _forget_personal(connection, [(number, body.decode()) for number, each, body in readable if each.event.personal])
    return Replayed(len(readable), tuple(unreadable))


def discard(connection: Connection, numbers: Sequence[int], reason: str, by: str) -> int:
    """Give messages up for good; the rows stay, with the reason, who and when. Returns how many were open until now."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    close_applied(connection)
    values = {"ids": list(numbers), "reason": reason.strip(), "by": by, "personal": _PERSONAL}
    given_up = connection.execute(_DISCARD, values).all()
    _forget_personal(connection, given_up)
    return len(given_up)


def close_applied(connection: Connection) -> None:
    """What took effect on another way, as a resend that came after the mend, is parked no longer."""
    _forget_personal(connection, connection.execute(_CLOSE_APPLIED, {"personal": _PERSONAL}).all())


def _forget_personal(connection: Connection, settled: Iterable[Any]) -> None:
    """Nobody needs the personal data any more of these messages, given by their numbers and texts."""
    erasure.empty(connection, "parked", [(number, body) for number, body in settled if body])


def _values(choice: Choice | None) -> dict[str, Any]:
    return asdict(choice or Choice())
