"""What has to hold, looked up in the databases and at the broker by code that knows nothing of how it is done."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from messaging import parked, retries
from tests.simulation.broker import Copy
from tests.simulation.services import FACTS, SERVICES, SUBSCRIBED


@dataclass(frozen=True)
class Finding:
    """A promise that was broken."""

    promise: str
    story: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.story}"


ACKNOWLEDGED = "acknowledged only with an effect, a retry or a place among the parked"
VOUCHED = "marked published only when the broker vouched for it"
PUBLISHED = "everything committed is published"
ATOMIC = "a change and its events are committed together or not at all"
APPLIED = "every event takes effect at each subscriber, or is parked"
ONCE = "no event takes effect twice"
FOUNDED = "nothing uncommitted has an effect"
PARKED = "a parked event has no effect"
INBOX = "the inbox holds what took effect or was discarded, and nothing else"
STATE = "the newest state wins"
FOLLOWED = "each effect is followed by its one event"
READABLE = "what cannot be read is parked"
LEDGER = "the ledger settles with nothing missing"
RETRIED = "a retry waits its time and counts its attempts"
UNBROKEN = "no loop of a process ends by itself"
REST = "the world comes to rest"

_TRACES = """
    SELECT event_id::text FROM inbox WHERE event_id = ANY(%(ids)s::uuid[])
    UNION ALL SELECT event_id::text FROM retries WHERE event_id = ANY(%(ids)s::uuid[])
    UNION ALL SELECT event_id::text FROM parked WHERE event_id = ANY(%(ids)s::uuid[])
"""
_GARBAGE = "SELECT digest FROM parked WHERE digest = ANY(%s)"
_MARKED = "SELECT event_id::text FROM outbox WHERE published_at IS NOT NULL"
_REST = """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
           (SELECT count(*) FROM retries) AS retried,
           (SELECT extract(epoch FROM min(due_at))::float FROM retries) AS due,
           (SELECT count(*) FROM resends) + (SELECT count(*) FROM pages WHERE NOT is_settled) AS open,
           (SELECT coalesce(max(position), 0) FROM outbox WHERE type = ANY(%s)) AS top,
           (SELECT json_object_agg(producer, last_position) FROM pages WHERE is_settled AND first_position = 1) AS settled
"""
_EVERYTHING = """
    SELECT (SELECT json_agg(json_build_array(event_id, type, subject, envelope::json ->> 'sequence', published_at IS NOT NULL))
            FROM outbox),
           (SELECT json_agg(json_build_array(event_id, type)) FROM effects),
           (SELECT json_agg(event_id) FROM inbox WHERE type = ANY(%s)),
           (SELECT json_agg(json_build_array(event_id, state, reason, attempts, encode(digest, 'hex'))) FROM parked),
           (SELECT json_agg(change_id) FROM changes),
           (SELECT json_agg(json_build_array(case_id, sequence)) FROM states)
"""


def untraced(server: Any, queue: str, copies: list[Copy]) -> Iterator[Finding]:
    """What is being acknowledged though the database knows nothing of it."""
    ids = [copy.message_id for copy in copies if copy.message_id]
    known = {row[0] for row in server.looker.execute(_TRACES, {"ids": ids})} if ids else set()
    for event_id in ids:
        if event_id not in known:
            yield Finding(ACKNOWLEDGED, f"{event_id} from {queue}")
    bodies = [copy.body for copy in copies if not copy.message_id]
    digests = [sha256(body).digest() for body in bodies]
    there = {bytes(row[0]) for row in server.looker.execute(_GARBAGE, [digests])} if bodies else set()
    for body, digest in zip(bodies, digests, strict=True):
        if digest not in there:
            yield Finding(ACKNOWLEDGED, f"{body!r} from {queue}")


def vouched(world: Any, service: str) -> Iterator[Finding]:
    """What a service has marked published though it may have reached no queue."""
    for (event_id,) in world.theatre.servers[service].looker.execute(_MARKED):
        if event_id not in world.broker.vouched:
            yield Finding(VOUCHED, f"{event_id} of {service}")


def retry_scheduled(world: Any, service: str, event_id: str, attempts: int, wait: float) -> Iterator[Finding]:
    """Whether a failed event is to wait as long as its attempts say, and had waited so before it failed once more."""
    before = world.dues.get((service, event_id), (0, []))[0]
    if attempts > before + 1:
        yield Finding(RETRIED, f"{event_id} at {service} jumps from {before} to {attempts} attempts")
    failures, due = world.waits.get((service, event_id), (0, 0.0))
    if attempts == failures + 1 and world.stage.now < due - 0.001:
        yield Finding(RETRIED, f"{event_id} at {service} counts failure {attempts} {due - world.stage.now:.3f} s early")
    if attempts:
        usual = retries.WAITS[attempts - 1].total_seconds()
        if not 0.74 * usual <= wait <= 1.26 * usual:
            yield Finding(RETRIED, f"{event_id} at {service} waits {wait} s after {attempts} attempts")


@dataclass(frozen=True)
class Rest:
    """Whether nothing is left to do, and when something will be."""

    is_reached: bool
    next_due: float


def rest(world: Any) -> Rest:
    """Whether all is published, delivered and, where there is a ledger, settled."""
    rows: dict[str, Any] = {
        service: server.looker.execute(_REST, [FACTS]).fetchone() for service, server in world.theatre.servers.items()
    }
    tops = {service: row[4] for service, row in rows.items()}
    is_reached = (
        not world.running("web") and world.broker.is_empty and all(row[0] == row[1] == 0 for row in rows.values())
    )
    if world.has_ledger:
        is_reached = is_reached and all(_is_settled(service, rows[service], tops) for service in SERVICES)
    dues = [row[2] for row in rows.values() if row[2] is not None]
    return Rest(is_reached, min(dues) - world.stage.machine_now().timestamp() + world.stage.now if dues else 0.0)


def _is_settled(service: str, row: Any, tops: dict[str, int]) -> bool:
    producers = {event.producer for event in SUBSCRIBED[service]}
    return row[3] == 0 and all((row[5] or {}).get(each, 0) >= tops[each] for each in producers)


class Books:
    """What one service's database says at the end."""

    def __init__(self, server: Any, database: Any) -> None:
        outbox, effects, inbox, given_up, changes, states = (
            column or [] for column in server.looker.execute(_EVERYTHING, [FACTS]).fetchone()
        )
        self.outbox = {row[0]: row[1:] for row in outbox}
        self.effects = Counter(row[0] for row in effects)
        self.types = {row[0]: row[1] for row in effects}
        self.inbox = set(inbox)
        self.parked: dict[str, set[str]] = defaultdict(set)
        for event_id, state, *_ in given_up:
            if event_id:
                self.parked[event_id].add(state)
        self.given_up = [(row[0], row[2], row[3]) for row in given_up if row[0]]
        self.listed = _listed(database) if given_up else set()
        self.unread = {row[4] for row in given_up if row[4]}
        self.changes = set(changes)
        self.states = dict(states)


def _listed(database: Any) -> set[str | None]:
    """What an operator is shown as parked."""
    with database.engine.connect() as connection:
        return {message.event_id for message in parked.list_parked(connection, limit=1000)}


def kept(world: Any, *, at_rest: bool) -> list[Finding]:
    """Every promise that was broken, when all is said and done."""
    theatre = world.theatre
    books = {
        service: Books(server, theatre.databases[service, "audience"]) for service, server in theatre.servers.items()
    }
    findings = [
        *(finding for service in SERVICES for finding in vouched(world, service)),
        *_published(books),
        *_atomic(world, books["registration"]),
        *_once_each(books),
        *_followed(books["reporting"]),
        *_newest(books),
        *_attempts(books),
        *_readable(world, books),
    ]
    if not at_rest and not findings:
        findings.append(Finding(LEDGER if world.has_ledger else REST, "work is left after all patience"))
    return findings


def _published(books: dict[str, Books]) -> Iterator[Finding]:
    for service, book in books.items():
        for event_id, (kind, *_, is_published) in book.outbox.items():
            if not is_published:
                yield Finding(PUBLISHED, f"{kind} {event_id} of {service} is not")


def _atomic(world: Any, book: Books) -> Iterator[Finding]:
    told = {event_id for event_id, (kind, *_) in book.outbox.items() if kind in FACTS}
    for request in world.requests.made:
        there = [event_id in told for event_id in request.event_ids] + [request.change_id in book.changes]
        told -= set(request.event_ids)
        if any(there) != all(there) or (request.outcome is not None and any(there) != request.outcome):
            yield Finding(ATOMIC, f"request {request.change_id}: outcome {request.outcome}, there {there}")
    for event_id in told:
        yield Finding(FOUNDED, f"{event_id} was told by nobody")


def _once_each(books: dict[str, Books]) -> Iterator[Finding]:
    for service, book in books.items():
        wanted = {event.type_name() for event in SUBSCRIBED[service]}
        due = {i: row[0] for each in books.values() for i, row in each.outbox.items() if row[0] in wanted}
        yield from (Finding(FOUNDED, f"{i} at {service}") for i in (book.effects.keys() | book.inbox) - due.keys())
        yield from (Finding(ONCE, f"{i} at {service}: {n} times") for i, n in book.effects.items() if n > 1)
        closed = book.effects.keys() | {i for i in due if "discarded" in book.parked[i]}
        yield from (Finding(INBOX, f"{i} at {service}") for i in book.inbox ^ closed)
        for event_id, kind in due.items():
            given_up = book.parked[event_id] & {"parked", "discarded"}
            if event_id not in book.effects and not given_up:
                yield Finding(APPLIED, f"{kind} {event_id} is lost to {service}")
            if event_id in book.effects and event_id in book.listed:
                yield Finding(PARKED, f"{kind} {event_id} at {service}")


def _followed(book: Books) -> Iterator[Finding]:
    causes = Counter(row[1] for row in book.outbox.values() if row[0] == "reporting.survey_invited.v1")
    invited = {i for i, kind in book.types.items() if kind == "registration.case_progressed.v1"}
    for event_id in causes.keys() | invited:
        if causes[event_id] != (event_id in invited):
            yield Finding(FOLLOWED, f"{event_id} is followed by {causes[event_id]}")


def _newest(books: dict[str, Books]) -> Iterator[Finding]:
    newest: dict[str, int] = {}
    for event_id, (kind, case_id, sequence, _) in books["registration"].outbox.items():
        if kind == "registration.case_closed.v1" and event_id in books["reporting"].effects:
            newest[case_id] = max(newest.get(case_id, 0), int(sequence))
    if newest != books["reporting"].states:
        yield Finding(STATE, f"{books['reporting'].states} instead of {newest}")


def _attempts(books: dict[str, Books]) -> Iterator[Finding]:
    for service, book in books.items():
        for event_id, reason, attempts in book.given_up:
            if not reason:
                yield Finding(PARKED, f"{event_id} at {service} says no reason")
            if reason.startswith(("RuntimeError", "DataError")) and attempts != len(retries.WAITS) + 1:
                yield Finding(RETRIED, f"{event_id} at {service} is given up after {attempts} attempts: {reason}")


def _readable(world: Any, books: dict[str, Books]) -> Iterable[Finding]:
    if world.has_ledger:
        return  # what is not an event cannot be asked for again when a queue is lost
    kept = {digest for book in books.values() for digest in book.unread}
    yield from (Finding(READABLE, repr(body)) for body in world.faults.garbage if sha256(body).hexdigest() not in kept)
