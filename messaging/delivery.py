"""From a batch of messages to their effect: inbox, handlers and outbox in one transaction.

When a batch fails it is undone and run one by one, so that only the guilty waits. A refusal, an unreadable
and an unknown message are parked at once; anything else is retried with growing waits. When the database is
away nothing is done at all: `DatabaseAwayError` says so, and the caller acknowledges nothing. What may have killed a
process is tried alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from frist_contracts import ContractError, Envelope, Event, Lane, decode
from messaging import metrics, parked, retries, suspects, topology, tracing
from messaging.clock import machine_now
from messaging.database import Database, is_away
from messaging.duplicates import count_absorbed
from messaging.erasure import storable
from messaging.errors import DatabaseAwayError
from messaging.identifiers import made_at
from messaging.inbox import admit
from messaging.logs import logger
from messaging.reasons import detail_of, is_final, reason_of

log = logger(__name__)

RETRY_HEADER = "x-frist-retry"
"""Set on a message that comes from the retries, so that only then its row is looked for: how many processes died with it."""
ATTEMPTS_HEADER = "x-frist-attempts"
"""Beside it: how often the event had failed when the message was put on the queue, which tells it from an old copy."""
_DIED = "ProcessDied"
"""What is counted as the class of the failure where a process died and could not say."""


@dataclass(frozen=True)
class Route:
    """Where events of a type go: a handler for one event, or (`many`) for a list of them."""

    handler: Callable[..., Any]
    many: bool = False


@dataclass(slots=True)
class Message:
    """What came from a queue; `attempts` counts its failures and `deaths` the processes that had died with it, when it was sent."""

    body: bytes
    lane: Lane
    is_retry: bool = False
    is_redelivered: bool = False
    attempts: int = 0
    deaths: int = 0
    is_begun: bool = False
    """Whether its trial alone is written down and was cut off by a database that went away, which is nobody's death."""
    content: Envelope | ContractError = field(init=False)
    """What it says, or why it cannot be read."""

    def __post_init__(self) -> None:
        try:
            self.content = decode(self.body)
        except ContractError as error:
            self.content = error

    @property
    def is_suspect(self) -> bool:
        """Whether a process may have died because of it."""
        return self.is_redelivered or self.deaths > 0


class _Letter(NamedTuple):
    message: Message
    envelope: Envelope


class Delivery:
    """Applies messages to one service's database."""

    def __init__(self, database: Database[Any], routes: Mapping[type[Event], Route]) -> None:
        self._database = database
        self._routes = routes

    def deliver(self, messages: Sequence[Message]) -> None:
        """Give every message its effect, a retry or a place among the parked.

        Raises DatabaseAwayError when the database does not answer: then nothing may be acknowledged.
        """
        letters, unreadable = self._open(messages)
        with _database_watched():
            if unreadable:
                self._park_unreadable(unreadable)
            if fresh := self._without_old([letter for letter in letters if not letter.message.is_suspect]):
                self._apply_all(fresh)
            if suspected := [letter for letter in letters if letter.message.is_suspect]:
                self._try_alone(suspected)

    def bury(self, messages: Sequence[Message]) -> None:
        """Park what the broker gave up on; raises DatabaseAwayError like `deliver`."""
        letters, unreadable = self._open(messages)
        reason = f"the broker gave up on it after {topology.DELIVERY_LIMIT + 1} deliveries: the process died each time"
        with _database_watched():
            if unreadable:
                self._park_unreadable(unreadable)
            for letter in self._without_known(letters):
                with self._database.begin() as uow:
                    suspects.park(uow.connection, letter.envelope, letter.message.body, reason)
                self._tell_parked(letter.envelope, _DIED, reason=reason)

    def _open(self, messages: Sequence[Message]) -> tuple[list[_Letter], list[tuple[Message, ContractError]]]:
        letters: list[_Letter] = []
        unreadable: list[tuple[Message, ContractError]] = []
        for message in messages:
            content = message.content
            if isinstance(content, ContractError):
                unreadable.append((message, content))
            elif type(content.event) in self._routes:
                letters.append(_Letter(message, content))
            else:
                log.warning("event_not_subscribed", type=content.type, event_id=content.event_id)
        return letters, unreadable

    def _apply_all(self, letters: list[_Letter]) -> None:
        try:
            self._apply(letters)
        except Exception as error:
            if is_away(error):
                raise
            if len(letters) == 1:
                self._fail(letters[0], error)
                return
            log.warning("batch_failed", size=len(letters), error=repr(error))
            for letter in letters:
                self._apply_all([letter])

    def _try_alone(self, letters: list[_Letter]) -> None:
        for letter in self._without_known(letters):
            envelope, message = letter.envelope, letter.message
            if message.is_begun or self._may_begin(letter):
                message.is_begun = True
                self._apply_all([_Letter(replace(message, is_retry=True), envelope)])
                message.is_begun = False
            elif message.deaths >= suspects.MOST_DEATHS:
                self._tell_parked(envelope, _DIED, deaths=message.deaths)

    def _may_begin(self, letter: _Letter) -> bool:
        envelope, message = letter.envelope, letter.message
        with self._database.begin() as uow:
            counts = {"attempts": message.attempts, "deaths": message.deaths}
            may = suspects.begin(uow.connection, envelope, message.body, now=machine_now(), **counts)
        log.warning("event_suspected", event_id=envelope.event_id, deaths=message.deaths, tried=may)
        return may

    def _without_known(self, letters: list[_Letter]) -> list[_Letter]:
        envelopes = [letter.envelope for letter in letters]
        with self._database.begin() as uow:
            known = suspects.known(uow.connection, [envelope.identity for envelope in envelopes])
            count_absorbed(uow.connection, envelopes, [each for each in envelopes if each.identity not in known])
        return [letter for letter in letters if letter.envelope.identity not in known]

    def _without_old(self, letters: list[_Letter]) -> list[_Letter]:
        """Without copies of retries that were put on the queue again while it was long, and of which one has failed since."""
        if not any(letter.message.is_retry for letter in letters):
            return letters
        with self._database.begin() as uow:
            waiting = retries.that_wait(uow.connection, [each.envelope.identity for each in letters])
        return [
            each
            for each in letters
            if waiting.get(each.envelope.identity, each.message.attempts) == each.message.attempts
        ]

    def _apply(self, letters: list[_Letter]) -> None:
        envelopes = [letter.envelope for letter in letters]
        lane = letters[0].message.lane
        with tracing.batch(self._database.service, lane, envelopes), self._database.begin() as uow:
            new = admit(uow.connection, envelopes)
            self._handle(new, uow)
            returning = [letter.envelope.identity for letter in letters if letter.message.is_retry]
            if returning:
                retries.settle(uow.connection, returning)
            count_absorbed(uow.connection, envelopes, new)
        self._count(letters, new)

    def _handle(self, envelopes: Sequence[Envelope], uow: Any) -> None:
        together: dict[Callable[..., Any], list[Envelope]] = {}
        for envelope in envelopes:
            route = self._routes[type(envelope.event)]
            if route.many:
                together.setdefault(route.handler, []).append(envelope)
            else:
                self._run(route.handler, envelope.event, (envelope,), uow)
        for handler, group in together.items():
            self._run(handler, [envelope.event for envelope in group], group, uow)

    def _run(self, handler: Callable[..., Any], given: Any, envelopes: Sequence[Envelope], uow: Any) -> None:
        uow.outbox.follow(envelopes)
        with tracing.processing(self._database.service, envelopes, uow.outbox):
            handler(given, uow)

    def _fail(self, letter: _Letter, error: Exception) -> None:
        envelope = letter.envelope
        with self._database.begin() as uow:
            body = storable(uow.connection, envelope, letter.message.body)
            failed = retries.attempts_so_far(uow.connection, envelope.identity)
            if self._is_old(letter, failed, uow):
                log.info("old_copy_failed", event_id=envelope.event_id, attempts=failed)
                return
            attempts = (failed or 0) + 1
            wait = None if is_final(error) else retries.wait_after(attempts)
            if wait is not None:
                retries.schedule(
                    uow.connection,
                    envelope,
                    body,
                    attempts=attempts,
                    reason=reason_of(error),
                    due_at=machine_now() + wait,
                )
            else:
                parked.park(
                    uow.connection,
                    body,
                    letter.message.lane,
                    envelope=envelope,
                    reason=reason_of(error),
                    detail=detail_of(error),
                    attempts=attempts,
                )
                retries.settle(uow.connection, [envelope.identity])
        self._tell_failure(envelope, error, attempts, parked_now=wait is None)

    def _is_old(self, letter: _Letter, failed: int | None, uow: Any) -> bool:
        """Whether it is a copy from before another failure. A header alone is not believed where nothing is known of the event."""
        attempts = letter.message.attempts
        if failed is not None:
            return failed != attempts
        return attempts != 0 and bool(suspects.known(uow.connection, [letter.envelope.identity]))

    def _park_unreadable(self, unreadable: Sequence[tuple[Message, ContractError]]) -> None:
        reasons = [reason_of(error) for _message, error in unreadable]
        with self._database.begin() as uow:
            bodies = [(message.body, message.lane) for message, _error in unreadable]
            parked.park_unreadable(uow.connection, bodies, reasons)
        for message, error in unreadable:
            metrics.parked.labels(self._database.service, message.lane.value, type(error).__name__).inc()
        log.warning("messages_parked", count=len(reasons), reasons=list(dict.fromkeys(reasons))[:5])

    def _tell_failure(self, envelope: Envelope, error: Exception, attempts: int, *, parked_now: bool) -> None:
        if parked_now:
            self._tell_parked(envelope, type(error).__name__, attempts=attempts, error=repr(error))
            return
        facts = {"type": envelope.type, "event_id": envelope.event_id, "attempts": attempts, "error": repr(error)}
        metrics.retried.labels(self._database.service, envelope.lane.value, envelope.type).inc()
        log.warning("event_retried", **facts, exc_info=error)

    def _tell_parked(self, envelope: Envelope, why: str, **facts: object) -> None:
        metrics.parked.labels(self._database.service, envelope.lane.value, why).inc()
        log.error("event_parked", type=envelope.type, event_id=envelope.event_id, **facts)

    def _count(self, letters: Sequence[_Letter], new: Sequence[Envelope]) -> None:
        service, lane = self._database.service, letters[0].message.lane.value
        metrics.batch_size.labels(service, lane).observe(len(letters))
        for type_name, count in Counter(envelope.type for envelope in new).items():
            metrics.applied.labels(service, lane, type_name).inc(count)
        if new and (made := made_at(min(envelope.event_id for envelope in new))):  # ids sort by the time they were made
            metrics.delay.labels(service, lane).observe(max(0.0, machine_now().timestamp() - made))
        if len(new) < len(letters):
            metrics.duplicates.labels(service, lane).inc(len(letters) - len(new))


@contextmanager
def _database_watched() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if is_away(error):
            raise DatabaseAwayError(str(error)) from error
        raise
