"""The ledger's two halves in every service: saying what was published, and noticing what is missing.

A producer closes a **page**: a stretch of its outbox in which nothing can appear any more, with a count and a
digest for each type. A consumer compares it with its inbox. What does not agree after a grace time is asked for
again, a page that never came is asked for by the hole it leaves, and a producer that is silent is asked for its
newest. The resent events go straight to the consumer's queue, and the inbox absorbs what was there already.
So a lost message, a wiped broker, an emptied projection and a newcomer are all the same case.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from frist_contracts import NATIONAL, PAGE_CLOSED, RESEND_REQUESTED, Event, Lane, PageClosed, PageTotal, ResendRequested
from messaging import parked
from messaging.clock import machine_now
from messaging.logs import logger
from messaging.rebuilds import finish_rebuild
from messaging.refusals import Refusal

log = logger(__name__)

AT_ONCE = 50
"""How many pages are compared in one go."""
MOST_ASKED = 50_000
"""For how many events may be asked at a time: a consumer that misses a million gets them bit by bit, and no queue grows."""
MOST_DOUBLINGS = 3
"""How often the patience with what was asked for doubles: what a slow consumer is sent stands in its queue for long, and
asking again would lengthen the queue. No more than this, because the broker may have lost an answer."""
LONGEST_SILENCE = timedelta(minutes=10)
LAST_POSITION = 2**62
"""No outbox gets so far; beyond it, counting on would overflow, and one such page would stop every audit."""

PAGE_POSITIONS = 10_000
"""A page is closed early when it has grown to so many positions."""

_DIGEST = (
    "lpad(to_hex(bit_xor(('x' || encode(substring(uuid_send(event_id) FROM 9), 'hex'))::bit(64)::bigint)), 16, '0')"
)

_TOTALS = text(f"""
    SELECT type, count(*) AS events, {_DIGEST} AS digest FROM outbox
    WHERE position BETWEEN :first AND :last
    GROUP BY type HAVING type NOT LIKE '%.page_closed.v1' AND type NOT LIKE '%.resend_requested.v1'
""")
"""Types are looked at when there is one row for each."""
_CLOSED = text("""
    SELECT CAST(CAST(envelope AS json) #>> '{data,last_position}' AS bigint) FROM outbox
    WHERE type LIKE '%.page_closed.v1' ORDER BY position DESC LIMIT 1
""")
_NOTE = text("""
    INSERT INTO pages (producer, first_position, last_position, totals, heard_at)
    VALUES (:producer, :first, :last, CAST(:totals AS jsonb), :now) ON CONFLICT DO NOTHING
""")
_PATIENCE = f"CAST(:patience AS interval) * (1 << LEAST(asks - 1, {MOST_DOUBLINGS}))"
_OPEN = text(f"""
    (SELECT *, true AS is_awaited FROM pages
     WHERE NOT is_settled AND producer = ANY(:judged) AND asked_at >= :now - {_PATIENCE}
     ORDER BY asked_at LIMIT :limit)
    UNION ALL
    (SELECT *, false AS is_awaited FROM pages
     WHERE NOT is_settled AND producer = ANY(:judged) AND heard_at < :graced AND (asked_at IS NULL OR asked_at < :now - {_PATIENCE})
     ORDER BY asks, heard_at, first_position LIMIT :limit)
""")
_THERE = text(f"""
    SELECT type, count(*) AS events, {_DIGEST} AS digest FROM (
        SELECT event_id, type FROM inbox
        WHERE producer = :producer AND position BETWEEN :first AND :last AND type = ANY(:types)
        UNION ALL SELECT event_id, type FROM (
            SELECT event_id, type FROM parked
            WHERE producer = :producer AND position BETWEEN :first AND :last AND type = ANY(:types)
                AND state IN ('parked', 'discarded')
            UNION SELECT event_id, type FROM retries
            WHERE producer = :producer AND position BETWEEN :first AND :last AND type = ANY(:types)
        ) AS failed WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = failed.event_id AND inbox.producer = :producer)
    ) AS known GROUP BY type
""")
"""What has taken effect after it failed is in the inbox, unless that was emptied to be filled again.

Only what failed is compared with the rest: one `UNION` of all sorts ten thousand events to find none twice."""
_REACHED = """max(last_position) OVER (
    PARTITION BY producer ORDER BY first_position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""
"""How far the pages before this one reach: a page that was drawn up anew may overlap with one that came late."""
_JOIN = text(f"""
    WITH islands AS (
        SELECT producer, first_position, last_position,
               sum(CASE WHEN starts THEN 1 ELSE 0 END) OVER (PARTITION BY producer ORDER BY first_position) AS island
        FROM (SELECT *, coalesce(first_position > {_REACHED} + 1, true) AS starts FROM pages WHERE is_settled) AS settled
    ), joined AS (
        SELECT producer, min(first_position) AS first_position, max(last_position) AS last_position
        FROM islands GROUP BY producer, island HAVING count(*) > 1
    ), gone AS (
        DELETE FROM pages USING joined WHERE pages.producer = joined.producer AND pages.is_settled
            AND pages.first_position > joined.first_position AND pages.last_position <= joined.last_position
    )
    UPDATE pages SET last_position = joined.last_position, totals = '{{}}' FROM joined
    WHERE pages.producer = joined.producer AND pages.first_position = joined.first_position
""")
_HOLES = text(f"""
    SELECT producer, reached + 1 AS first, first_position - 1 AS last
    FROM (SELECT producer, first_position, coalesce({_REACHED}, 0) AS reached FROM pages) AS heard
    WHERE reached + 1 < first_position
""")
_SETTLE = text("UPDATE pages SET is_settled = true WHERE producer = :producer AND first_position = :first")
_ASKED = text("""
    UPDATE pages SET asked_at = :now, asks = asks + 1 WHERE producer = :producer AND first_position = :first
""")
_NEWEST = text("SELECT producer, max(last_position) AS last FROM pages GROUP BY producer")
_AUDITED = text("SELECT producer, types FROM audited")
_AUDIT = text("""
    INSERT INTO audited (producer, types) VALUES (:producer, CAST(:types AS text[]))
    ON CONFLICT (producer) DO UPDATE SET types = excluded.types
""")
_START_OVER = (
    text("DELETE FROM pages WHERE producer = :producer"),
    text("DELETE FROM inbox WHERE producer = :producer AND type = :page"),
)
"""The pages are asked for once more, so the inbox must not take them for known; nothing counts the pages themselves."""


class ImpossiblePage(Refusal):
    """A page runs from one position to a later one; positions begin at 1."""


def page_of(connection: Connection, service: str, first: int, last: int) -> PageClosed:
    """The page of a service's own outbox between two positions; without totals when it holds nothing but the kernel's own."""
    totals = {
        row.type: PageTotal(row.events, row.digest)
        for row in connection.execute(_TOTALS, {"first": first, "last": last})
    }
    return PAGE_CLOSED[service](municipality=NATIONAL, first_position=first, last_position=last, totals=totals)


def closed_up_to(connection: Connection) -> int:
    """The last position of the newest page that a service has closed of its own outbox."""
    return connection.execute(_CLOSED).scalar() or 0


def note_page(event: PageClosed, uow: Any) -> None:
    """A producer closed a page: keep it until it is settled, with when it came by the clock that the auditor goes by.

    Refuses one that no outbox can have.
    """
    if not 1 <= event.first_position <= event.last_position <= LAST_POSITION:
        raise ImpossiblePage
    totals = {name: [total.count, total.digest] for name, total in event.totals.items()}
    uow.connection.execute(
        _NOTE,
        {
            "producer": event.producer,
            "first": event.first_position,
            "last": event.last_position,
            "totals": json.dumps(totals),
            "now": machine_now(),
        },
    )


@dataclass
class _Heard:
    """What a consumer knows of one producer: its last position, since when it or a question is known, and when to ask for more."""

    last: int
    since: datetime
    ask_at: datetime
    patience: timedelta


class Auditor:
    """Checks what the producers say against what arrived, for one consuming service.

    `pace` is how often producers close their pages. Events have a third of it to arrive after their page, what was
    asked for has four thirds to come, and twice as long each time it is asked for again (`MOST_DOUBLINGS`). A producer
    may be silent for two of it before it is asked; then, as long as it has nothing to say, it is asked ever more rarely,
    until the service's queues are joined again: what was in them may be gone, and the silence with it.
    """

    def __init__(self, service: str, subscribed: Iterable[type[Event]], pace: timedelta) -> None:
        self._service = service
        self._pace = pace
        self._types: dict[str, list[str]] = {}
        for event in subscribed:
            if not issubclass(event, PageClosed | ResendRequested):
                self._types.setdefault(event.producer, []).append(event.type_name())
        self._heard: dict[str, _Heard] = {}
        self._judged: list[str] = []
        self._joins = 0

    def check(self, uow: Any, now: datetime, joins: int = 0) -> int:
        """Settle the pages that agree and ask for what is missing. Returns how often it asked.

        `now` is machine time, and `joins` how often this process has joined the service's queues.
        """
        if joins != self._joins:
            self._joins = joins
            self.start_afresh()
        if not self._heard:
            self._begin(uow.connection, now)
        self._look_who_can_judge(uow.connection)
        values = {"graced": now - self._pace / 3, "now": now, "patience": self._pace * 4 / 3, "limit": AT_ONCE}
        values["judged"] = self._judged
        pages = uow.connection.execute(_OPEN, values).all()
        asked = self._check_pages(uow, pages, now)
        if pages:
            uow.connection.execute(_JOIN)
        parked.close_applied(uow.connection)
        finish_rebuild(uow.connection)
        return asked + self._ask_for_pages(uow, now)

    def start_afresh(self) -> None:
        """Know nothing of anybody's silence: a transaction was undone, or the queues are not those of before."""
        self._heard.clear()

    def _begin(self, connection: Connection, now: datetime) -> None:
        known = {row.producer: set(row.types) for row in connection.execute(_AUDITED)}
        for producer, types in self._types.items():
            audited = known.get(producer)
            if audited is None or not set(types) <= audited:
                connection.execute(_AUDIT, {"producer": producer, "types": sorted({*types, *(audited or ())})})
            if audited is not None and not set(types) <= audited:
                for forget in _START_OVER:
                    connection.execute(forget, {"producer": producer, "page": PAGE_CLOSED[producer].type_name()})
            self._heard[producer] = _Heard(0, now, now + self._pace, 2 * self._pace)

    def _look_who_can_judge(self, connection: Connection) -> None:
        """Whose pages this process can settle: not of whom another version hears more, which would never have it then."""
        known = {row.producer: set(row.types) for row in connection.execute(_AUDITED)}
        judged = [producer for producer, types in known.items() if types <= set(self._types.get(producer, ()))]
        if judged != self._judged and (left := sorted(known.keys() - set(judged))):
            log.warning("pages_left_to_another_version", producers=left)
        self._judged = judged

    def _check_pages(self, uow: Any, pages: Sequence[Any], now: datetime) -> int:
        """Those that were asked for come first: as long as they owe much, the others wait."""
        owed = asked = 0
        for page in pages:
            if owed >= MOST_ASKED and not page.is_awaited:
                break
            missing = self._missing(uow.connection, page)
            owed += sum(missing.values())
            key = {"producer": page.producer, "first": page.first_position, "now": now}
            if not missing:
                uow.connection.execute(_SETTLE, key)
            elif not page.is_awaited:
                asked += 1
                uow.connection.execute(_ASKED, key)
                self._ask(uow, page.producer, "events", page.first_position, page.last_position, list(missing))
        return asked

    def _missing(self, connection: Connection, page: Any) -> dict[str, int]:
        """The types in which a page and the inbox disagree, with how many events of each are not there (at least one)."""
        types = self._types.get(page.producer, [])
        span = {"producer": page.producer, "first": page.first_position, "last": page.last_position, "types": types}
        there = {row.type: [row.events, row.digest] for row in connection.execute(_THERE, span)}
        nothing = [0, ""]
        return {
            name: max(1, page.totals.get(name, nothing)[0] - there.get(name, nothing)[0])
            for name in types
            if page.totals.get(name) != there.get(name)
        }

    def _ask_for_pages(self, uow: Any, now: datetime) -> int:
        newest = {row.producer: row.last for row in uow.connection.execute(_NEWEST)}
        holes = uow.connection.execute(_HOLES).all()
        asked = 0
        for producer, heard in self._heard.items():
            last = newest.get(producer, 0)
            if last != heard.last:  # less after the pages were forgotten
                heard.last, heard.since, heard.patience = last, now, 2 * self._pace
            if now < heard.ask_at:
                continue
            missing = [(hole.first, hole.last) for hole in holes if hole.producer == producer]
            if now - heard.since > heard.patience:
                missing.append((last + 1, None))
                heard.since, heard.patience = now, min(2 * heard.patience, LONGEST_SILENCE)
            if missing:
                heard.ask_at = now + self._pace * 4 / 3
            asked += len(missing)
            for first, end in missing:
                self._ask(uow, producer, "pages", first, end, [])
        return asked

    def _ask(self, uow: Any, producer: str, what: str, first: int, last: int | None, types: list[str]) -> None:  # noqa: PLR0917
        log.warning("resend_asked", producer=producer, what=what, first=first, last=last, types=types)
        uow.outbox.add(
            RESEND_REQUESTED[self._service](
                municipality=NATIONAL,
                asked_of=producer,
                what=what,
                first_position=first,
                last_position=last,
                types=types,
            ),
            Lane.URGENT,  # what is missing may be
        )
