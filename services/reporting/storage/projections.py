"""The writing side: what events say becomes rows, in bulk."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select

from frist_contracts import Event
from messaging.journal import Journal
from messaging.sql import text
from services.reporting.storage import tables
from services.reporting.storage.case_rows import fold_cases, merge_cases
from services.reporting.storage.merging import Row, keep_latest, merge_new, run
from services.reporting.storage.tallies import TALLIES

_ONE_WRITER = 7_003_004
"""Key of the advisory lock that lets one transaction write projections at a time: counts never wait in a circle."""
_BEGIN = text("""
    WITH writing AS MATERIALIZED (SELECT pg_advisory_xact_lock(:key))
    INSERT INTO positions AS known (producer, position, newest_at)
    SELECT arriving.* FROM writing, json_to_recordset(CAST(:rows AS json))
        AS arriving (producer text, position bigint, newest_at timestamptz)
    ON CONFLICT (producer) DO UPDATE SET position = greatest(known.position, excluded.position),
                                         newest_at = greatest(known.newest_at, excluded.newest_at)
""")
"""Becomes the one writer, and notes how far the producers have been counted."""

_IN_THESE_PLACES = """(old.programme_id, old.municipality) IN
    (SELECT * FROM unnest(CAST(:programmes AS text[]), CAST(:municipalities AS text[])))"""
_SAID_LATER = """newer.programme_id = old.programme_id AND newer.municipality = old.municipality
    AND (newer.sequence, newer.position) > (old.sequence, old.position)"""
_FORGET_REPLACED_DAYS = text(
    f"DELETE FROM capacity_days old USING capacity_announcements newer "
    f"WHERE {_IN_THESE_PLACES} AND {_SAID_LATER} AND newer.from_day <= old.day"
)
_FORGET_REPLACED_ANNOUNCEMENTS = text(
    f"DELETE FROM capacity_announcements old USING capacity_announcements newer "
    f"WHERE {_IN_THESE_PLACES} AND {_SAID_LATER} AND newer.from_day <= old.from_day"
)


class Projections:
    """The rows made of events. Every method may be told the same twice, and in any order."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._connection = journal.connection

    def begin(self, events: Sequence[Event]) -> None:
        """Become the one writer until the commit, and note how far the producers of `events` have been counted."""
        rows = [
            {
                "producer": producer,
                "position": max(event.position for event in theirs),
                "newest_at": max((event.occurred_at for event in theirs if event.occurred_at), default=None),
            }
            for producer, theirs in _by_producer(events)
        ]
        if rows:
            self._connection.execute(_BEGIN, {"key": _ONE_WRITER, "rows": json.dumps(rows, default=str)})

    def programmes(self, rows: Iterable[Row]) -> None:
        """Programmes as they were last applied."""
        keep_latest(self._journal, tables.programmes, rows)

    def municipalities(self, imported: Row, rows: Sequence[Row]) -> None:
        """The complete list of a country's municipalities, unless a later list is known."""
        keep_latest(self._journal, tables.country_lists, [imported])
        self._journal.make_readable(tables.country_lists)
        known = tables.country_lists
        is_newest = select(known).where(*(known.c[name] == value for name, value in imported.items()))
        if self._connection.execute(is_newest).first() is None:
            return
        self._connection.execute(
            delete(tables.municipalities).where(tables.municipalities.c.country == imported["country"])
        )
        if rows:
            self._connection.execute(insert(tables.municipalities), list(rows))

    def cases(self, rows: Iterable[Row]) -> None:
        """States of cases, with the first time each was heard from and fulfilled."""
        run(self._connection, merge_cases(), fold_cases(rows))

    def placements(self, rows: Iterable[Row]) -> None:
        """Where scheduling has each case."""
        keep_latest(self._journal, tables.placements, rows)

    def bookings(self, rows: Iterable[Row]) -> None:
        """What became of each booking."""
        keep_latest(self._journal, tables.bookings, rows)

    def topic_outcomes(self, rows: Iterable[Row]) -> None:
        """What sessions achieved, topic by topic."""
        keep_latest(self._journal, tables.topic_outcomes, rows)

    def sessions_held(self, rows: Iterable[Row]) -> None:
        """Sessions that subsidies are paid for."""
        keep_latest(self._journal, tables.sessions_held, rows)

    def messages(self, rows: Iterable[Row]) -> None:
        """What became of each message on each channel."""
        keep_latest(self._journal, tables.messages, rows)

    def lost_addresses(self, rows: Iterable[Row]) -> None:
        """Cases that no letter reaches any more."""
        keep_latest(self._journal, tables.lost_addresses, rows)

    def survey_answers(self, rows: Iterable[Row]) -> None:
        """What was answered after sessions."""
        keep_latest(self._journal, tables.survey_answers, rows)

    def capacity(self, announcements: Sequence[Row], days: Sequence[Row]) -> None:
        """Seats by day: the latest announcement that speaks of a day holds, also where it names no seats."""
        merge_new(self._connection, tables.capacity_announcements, announcements)
        keep_latest(self._journal, tables.capacity_days, days)
        self._journal.make_readable(tables.capacity_days)
        places = {
            "programmes": [row["programme_id"] for row in announcements],
            "municipalities": [row["municipality"] for row in announcements],
        }
        for statement in (_FORGET_REPLACED_DAYS, _FORGET_REPLACED_ANNOUNCEMENTS):
            self._connection.execute(statement, places)

    def empty(self) -> None:
        """Forget everything that events can tell again: the start of a rebuild."""
        names = ", ".join([*(table.name for table in tables.PROJECTIONS), *(tally.name for tally in TALLIES)])
        self._connection.execute(text(f"TRUNCATE {names}"))


def _by_producer(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    theirs: dict[str, list[Event]] = {}
    for event in events:
        theirs.setdefault(event.producer, []).append(event)
    return sorted(theirs.items())
