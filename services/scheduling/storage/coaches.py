"""Coaches, what they are accredited for, when they work and when they are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.availability import Absence, Block, CoachWeek
from services.scheduling.domain.people import Coach
from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.domain.week import WeeklyHours, read_opening
from web.paging import PageArgs

_SAVE = text("""
    INSERT INTO coaches (coach_id, name, email, home_municipality, municipalities, languages, forms, fingerprint)
    VALUES (:coach_id, :name, :email, :home_municipality, CAST(:municipalities AS text[]),
            CAST(:languages AS text[]), CAST(:forms AS text[]), :fingerprint)
    ON CONFLICT (coach_id) DO UPDATE SET
        name = excluded.name, email = excluded.email, home_municipality = excluded.home_municipality,
        municipalities = excluded.municipalities, languages = excluded.languages, forms = excluded.forms,
        fingerprint = excluded.fingerprint, changed = true
    WHERE coaches.fingerprint <> excluded.fingerprint
    RETURNING coach_id
""")

_FORGET_WEEK = text("""
    WITH gone AS (DELETE FROM accreditations WHERE coach_id = :coach_id)
    DELETE FROM availability WHERE coach_id = :coach_id
""")

_SAVE_ACCREDITATIONS = text("""
    INSERT INTO accreditations (coach_id, topic, expires_on)
    SELECT :coach_id, * FROM unnest(CAST(:topics AS text[]), CAST(:expiries AS date[]))
""")

_SAVE_BLOCK = text("""
    INSERT INTO availability (coach_id, weekday, opens, closes, venue_id, room, forms, valid_from, valid_to)
    VALUES (:coach_id, :weekday, :opens, :closes, :venue_id, :room, CAST(:forms AS text[]), :valid_from, :valid_to)
""")

HAS_ANY_CHANGED = "EXISTS (SELECT FROM coaches WHERE changed)"
"""For a timer: whether `CoachRepository.changed` would find one."""

_TO_SCHEDULE = text("""
    SELECT c.coach_id, h.made_until FROM coaches c
    LEFT JOIN horizons h ON h.coach_id = c.coach_id AND h.programme_id = :programme_id
    WHERE c.home_municipality LIKE :country || '-%' AND (h.made_until IS NULL OR h.made_until < :horizon)
    ORDER BY c.coach_id LIMIT :limit FOR SHARE OF c SKIP LOCKED
""")
"""Whose week somebody is changing right now has a turn when that is done: it asks for one."""

_MADE_UNTIL = text("""
    INSERT INTO horizons (programme_id, coach_id, made_until)
    SELECT :programme_id, coach_id, :made_until FROM unnest(CAST(:coach_ids AS text[])) AS coach_id
    ON CONFLICT (programme_id, coach_id) DO UPDATE SET made_until = excluded.made_until
""")


@dataclass(frozen=True)
class KeptAbsence:
    """A time a coach is away, as it is kept."""

    absence_id: str
    coach_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str


class CoachRepository:
    """Reads and writes coaches."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, coach: Coach) -> bool:
        """Keep a coach; True when anything changed. The sessions follow with the next tick."""
        facts = {
            "coach_id": coach.coach_id,
            "name": coach.name,
            "email": coach.email,
            "home_municipality": coach.municipalities[0],
            "municipalities": list(coach.municipalities),
            "languages": list(coach.languages),
            "forms": list(coach.forms),
            "fingerprint": repr(coach),
        }
        if self._connection.execute(_SAVE, facts).first() is None:
            return False
        self._connection.execute(_FORGET_WEEK, {"coach_id": coach.coach_id})
        accreditations = sorted(coach.accreditations.items())
        self._connection.execute(
            _SAVE_ACCREDITATIONS,
            {
                "coach_id": coach.coach_id,
                "topics": [topic for topic, _ in accreditations],
                "expiries": [expires_on for _, expires_on in accreditations],
            },
        )
        if coach.blocks:
            self._connection.execute(_SAVE_BLOCK, [_block_facts(coach.coach_id, block) for block in coach.blocks])
        return True

    def get(self, coach_id: str) -> Coach | None:
        """A coach by the id."""
        return next(iter(self._read("c.coach_id = :value", coach_id)), None)

    def of_municipality(self, municipality: str) -> list[Coach]:
        """Everybody who may work in a municipality, by name."""
        return self._read(":value = ANY(c.municipalities)", municipality)

    def page(self, after: str, limit: int) -> list[Coach]:
        """Coaches by id, those after `after`."""
        return self._read("c.coach_id > :value", after, f"ORDER BY c.coach_id LIMIT {int(limit)}")

    def changed(self, limit: int) -> list[str]:
        """Coaches whose sessions have to follow a change; each is given once."""
        statement = text("""
            UPDATE coaches SET changed = false WHERE coach_id IN (
                SELECT coach_id FROM coaches WHERE changed ORDER BY coach_id LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING coach_id""")
        return sorted(self._connection.execute(statement, {"limit": limit}).scalars())

    def hold(self, coach_id: str) -> None:
        """Nobody changes when the coach works or is away until the end of the transaction, in which that is read next."""
        self._connection.execute(
            text("SELECT FROM coaches WHERE coach_id = :coach_id FOR SHARE"), {"coach_id": coach_id}
        )

    def touch(self, coach_id: str) -> None:
        """The coach's sessions are looked through again with the next tick; who makes or opens some now is waited for."""
        self._connection.execute(
            text("UPDATE coaches SET changed = true WHERE coach_id = :coach_id"), {"coach_id": coach_id}
        )

    def touch_country(self, country: str) -> None:
        """The sessions of every coach of a country are looked through again: the programme's shape changed."""
        statement = text("UPDATE coaches SET changed = true WHERE home_municipality LIKE :country || '-%'")
        self._connection.execute(statement, {"country": country})

    def forget_horizon(self, coach_id: str) -> None:
        """The coach's sessions are made anew from today on."""
        self._connection.execute(text("DELETE FROM horizons WHERE coach_id = :coach_id"), {"coach_id": coach_id})

    def to_schedule(self, rules: ProgrammeRules, horizon: date, limit: int) -> list[tuple[str, date | None]]:
        """Coaches of the programme's country without sessions up to the horizon, held, and how far they have them."""
        facts = {"programme_id": rules.programme_id, "country": rules.country, "horizon": horizon, "limit": limit}
        return [(row.coach_id, row.made_until) for row in self._connection.execute(_TO_SCHEDULE, facts)]

    def made_until(self, programme_id: str, coach_ids: Sequence[str], day: date) -> None:
        """These coaches have sessions up to a day."""
        facts = {"programme_id": programme_id, "coach_ids": list(coach_ids), "made_until": day}
        self._connection.execute(_MADE_UNTIL, facts)

    def weeks(self, coach_ids: Sequence[str], since: datetime) -> dict[str, CoachWeek]:
        """Everything that decides which sessions the coaches have from an instant on."""
        coaches = {coach.coach_id: coach for coach in self._read("c.coach_id = ANY(:value)", list(coach_ids))}
        openings = self._openings({block.venue_id for coach in coaches.values() for block in coach.blocks})
        away: dict[str, list[Absence]] = {}
        for absence in self.absences(list(coach_ids), since):
            away.setdefault(absence.coach_id, []).append(Absence(absence.starts_at, absence.ends_at))
        return {
            coach_id: CoachWeek(
                coach_id, coach.forms, coach.accreditations, coach.blocks, away.get(coach_id, ()), openings
            )
            for coach_id, coach in coaches.items()
        }

    def absences(self, coach_ids: list[str], since: datetime) -> list[KeptAbsence]:
        """The times the coaches are away, those over left out."""
        statement = text("""
            SELECT * FROM absences WHERE coach_id = ANY(CAST(:coach_ids AS text[])) AND ends_at > :since
            ORDER BY starts_at""")
        rows = self._connection.execute(statement, {"coach_ids": coach_ids, "since": since}).mappings()
        return [KeptAbsence(**row) for row in rows]

    def absence_page(self, coach_id: str, since: datetime, args: PageArgs) -> list[KeptAbsence]:
        """A page of the times the coach is away, in their order, those over left out."""
        statement = text("""
            SELECT * FROM absences WHERE coach_id = :coach_id AND ends_at > :since
              AND (CAST(:after_at AS timestamptz) IS NULL OR (starts_at, absence_id) > (:after_at, :after_id))
            ORDER BY starts_at, absence_id LIMIT :limit""")
        after_at, after_id = args.after_instant or (None, None)
        facts = {"coach_id": coach_id, "since": since, "after_at": after_at, "after_id": after_id, "limit": args.rows}
        return [KeptAbsence(**row) for row in self._connection.execute(statement, facts).mappings()]

    def add_absence(self, absence: KeptAbsence) -> None:
        """The coach is away."""
        statement = text("""
            INSERT INTO absences (absence_id, coach_id, starts_at, ends_at, reason)
            VALUES (:absence_id, :coach_id, :starts_at, :ends_at, :reason)""")
        self._connection.execute(statement, vars(absence))

    def remove_absence(self, coach_id: str, absence_id: str) -> bool:
        """The coach is there after all; False when there was no such absence."""
        statement = text("DELETE FROM absences WHERE absence_id = :absence_id AND coach_id = :coach_id")
        return self._connection.execute(statement, {"absence_id": absence_id, "coach_id": coach_id}).rowcount > 0

    def _openings(self, venue_ids: set[str]) -> dict[str, Sequence[WeeklyHours]]:
        statement = text("SELECT venue_id, opening FROM venues WHERE venue_id = ANY(CAST(:venue_ids AS text[]))")
        rows = self._connection.execute(statement, {"venue_ids": sorted(venue_ids)})
        return {row.venue_id: read_opening(row.opening) for row in rows}

    def _read(self, where: str, value: object, order: str = "ORDER BY c.name, c.coach_id") -> list[Coach]:
        statement = text(f"""
            SELECT c.*, (SELECT jsonb_object_agg(a.topic, a.expires_on) FROM accreditations a
                         WHERE a.coach_id = c.coach_id) AS accredited,
                   (SELECT jsonb_agg(to_jsonb(b) ORDER BY b.weekday, b.opens, b.availability_id) FROM availability b
                    WHERE b.coach_id = c.coach_id) AS blocks
            FROM coaches c WHERE {where} {order}""")
        return [_coach(row) for row in self._connection.execute(statement, {"value": value})]


def _coach(row: Any) -> Coach:
    return Coach(
        coach_id=row.coach_id,
        name=row.name,
        email=row.email,
        municipalities=tuple(row.municipalities),
        languages=tuple(row.languages),
        forms=tuple(row.forms),
        accreditations={topic: date.fromisoformat(day) for topic, day in (row.accredited or {}).items()},
        blocks=tuple(_block(entry) for entry in row.blocks or ()),
    )


def _block(entry: dict[str, Any]) -> Block:
    hours = WeeklyHours(entry["weekday"], time.fromisoformat(entry["opens"]), time.fromisoformat(entry["closes"]))
    valid_from, valid_to = entry["valid_from"], entry["valid_to"]
    return Block(
        hours,
        entry["venue_id"],
        entry["room"],
        tuple(entry["forms"]),
        date.fromisoformat(valid_from) if valid_from else None,
        date.fromisoformat(valid_to) if valid_to else None,
    )


def _block_facts(coach_id: str, block: Block) -> dict[str, Any]:
    return {
        "coach_id": coach_id,
        "weekday": block.hours.weekday,
        "opens": block.hours.opens,
        "closes": block.hours.closes,
        "venue_id": block.venue_id,
        "room": block.room,
        "forms": list(block.forms),
        "valid_from": block.valid_from,
        "valid_to": block.valid_to,
    }
