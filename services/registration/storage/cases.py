"""Organisations and their cases."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from messaging.journal import Journal
from messaging.refusals import Refusal
from services.registration.domain.case import Case, Stage
from services.registration.storage.tables import achieved_topics, cases, organisations

_FACTS = [entry.name for entry in fields(Case)]
_COLUMNS = [cases.c[name] for name in _FACTS]
_ORGANISATION = [
    organisations.c[entry] for entry in ("organisation_id", "country", "number", "kind", "name", "municipality")
]
_ONE = select(*_COLUMNS).where(cases.c.case_id == bindparam("case_id"))
_ONE_LOCKED = _ONE.with_for_update()
_OF_ORGANISATION = select(*_COLUMNS).where(
    cases.c.organisation_id == bindparam("organisation_id"), cases.c.programme_id == bindparam("programme_id")
)
_OF_ORGANISATION_LOCKED = _OF_ORGANISATION.with_for_update()
_FIND_ORGANISATION = select(*_ORGANISATION).where(organisations.c.organisation_id == bindparam("organisation_id"))
_FOUND = ", ".join("CAST(case_id AS text)" if name == "case_id" else name for name in _FACTS)
_ADDED = ", ".join("CAST(case_id AS text)" if name == "case_id" else "NULL" for name in _FACTS)
_OPENED = ("case_id", "programme_id", "organisation_id", "municipality", "kind", "registered_by", "registered_at",
           "help_forms", "version")  # fmt: skip
"""The facts that a case is opened with; of all others it has none yet."""
_FIND_OR_ADD = text(f"""
    WITH known AS (
        SELECT {", ".join(_FACTS)} FROM cases
        WHERE organisation_id = :organisation_id AND programme_id = :programme_id FOR UPDATE
    ), organisation AS (
        INSERT INTO organisations (organisation_id, country, number, kind, name, municipality)
        SELECT :organisation_id, :country, :number, :kind, :name, :municipality WHERE NOT EXISTS (SELECT FROM known)
        ON CONFLICT DO NOTHING RETURNING organisation_id
    ), added AS (
        INSERT INTO cases (
            case_id, programme_id, organisation_id, municipality, kind, state, registered_by, registered_at, help_forms,
            version, opened_at, changed_at)
        SELECT CAST(:case_id AS uuid), :programme_id, :organisation_id, :municipality, :kind, :state, :registered_by,
            :registered_at, CAST(:help_forms AS text[]), :version, :now, :now
        FROM (SELECT count(*) FROM organisation) AS organisations_first WHERE NOT EXISTS (SELECT FROM known)
        ON CONFLICT DO NOTHING RETURNING case_id
    )
    SELECT {_FOUND} FROM known UNION ALL SELECT {_ADDED} FROM added
""")
"""The organisation before its case, as the register import does: two that write both never wait for each other."""

_ONE_FOR_EACH = "cases_one_for_each_organisation"
_SAVE = (
    update(cases)
    .where(cases.c.case_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in [*_FACTS, "state", "changed_at"] if name != "case_id"})
)


class CaseUnknown(Refusal):
    """There is no such case here."""

    slug = "case_unknown"
    status = 404


@dataclass(frozen=True)
class Organisation:
    """A business or association with its national number."""

    organisation_id: str
    country: str
    number: str
    kind: str
    name: str
    municipality: str


@dataclass(frozen=True)
class Achievement:
    """What a session achieved for one topic of a case."""

    case_id: str
    topic: str
    booking_id: str
    level_before: int
    level_after: int
    achieved_at: datetime


class CaseRepository:
    """Reads and writes organisations, cases and what was achieved."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._connection = journal.connection

    def organisation(self, organisation_id: str) -> Organisation | None:
        """The organisation, or None."""
        row = self._connection.execute(_FIND_ORGANISATION, {"organisation_id": organisation_id}).one_or_none()
        return Organisation(**row._asdict()) if row else None

    def find_or_add(self, organisation: Organisation, registered: Case, now: datetime) -> Case:
        """The organisation's case in the programme, locked: the one that is there, else this one, opened just now.

        An organisation that is known already stays as it is.
        """
        values = {**vars(organisation), **vars(registered), "state": registered.state, "now": now}
        row = self._connection.execute(_FIND_OR_ADD, values).one_or_none()
        if row is not None:
            return registered if row.case_id == registered.case_id else _case(row)
        case = self.find(organisation.organisation_id, registered.programme_id, lock=True)  # added by another just now
        if case is None:
            raise CaseUnknown("The case was erased just now; register again.")
        return case

    def add(self, organisation: Organisation, registered: Case, now: datetime) -> None:
        """Open a case at the end of the transaction, on the guess that the organisation has none in the programme.

        Where it has, the transaction fails with an error that `says_it_is_there`.
        """
        facts = {name: getattr(registered, name) for name in _OPENED}
        self._journal.keep(organisations, vars(organisation), by=())
        self._journal.add(cases, {**facts, "state": registered.state, "opened_at": now, "changed_at": now})

    def find(self, organisation_id: str, programme_id: str, *, lock: bool = False) -> Case | None:
        """The organisation's case in the programme, or None."""
        query = _OF_ORGANISATION_LOCKED if lock else _OF_ORGANISATION
        wanted = {"organisation_id": organisation_id, "programme_id": programme_id}
        row = self._connection.execute(query, wanted).one_or_none()
        return _case(row) if row else None

    def get(self, case_id: str, *, lock: bool = False) -> Case:
        """The case; raises `CaseUnknown`."""
        row = self._connection.execute(_ONE_LOCKED if lock else _ONE, {"case_id": case_id}).one_or_none()
        if row is None:
            raise CaseUnknown("There is no such case; check the address or search for the organisation.")
        return _case(row)

    def load(self, case_ids: Collection[str], *, lock: bool = True) -> dict[str, Case]:
        """The cases there are of these, locked in one order so that two batches never wait for each other."""
        query = select(*_COLUMNS).where(cases.c.case_id.in_(set(case_ids))).order_by(cases.c.case_id)
        rows = self._connection.execute(query.with_for_update() if lock else query)
        return {row.case_id: _case(row) for row in rows}

    def save(self, changed: Iterable[Case], now: datetime) -> None:
        """Keep the facts of the cases, and the state that follows from them."""
        rows = [
            {"id": case.case_id, "new_state": case.state, "new_changed_at": now}
            | {f"new_{name}": getattr(case, name) for name in _FACTS if name != "case_id"}
            for case in changed
        ]
        if rows:
            self._connection.execute(_SAVE, rows)

    def add_achievements(self, achieved: Iterable[Achievement]) -> None:
        """Keep what was achieved; a topic achieved before stays as it was first."""
        rows = [vars(entry) for entry in achieved]
        if rows:
            self._connection.execute(insert(achieved_topics).on_conflict_do_nothing(), rows)

    def achievements(self, case_ids: Collection[str]) -> dict[str, set[str]]:
        """The topics achieved by each case that achieved any."""
        found: dict[str, set[str]] = {}
        columns = select(achieved_topics.c.case_id, achieved_topics.c.topic)
        for row in self._connection.execute(columns.where(achieved_topics.c.case_id.in_(set(case_ids)))):
            found.setdefault(row.case_id, set()).add(row.topic)
        return found

    def forget_organisation(self, organisation_id: str) -> str | None:
        """Remove the organisation, unless it has a case in another programme; returns the number that nobody knows now."""
        has_case = exists().where(cases.c.organisation_id == organisation_id)
        here = organisations.c.organisation_id == organisation_id
        removed = delete(organisations).where(here, ~has_case).returning(organisations.c.number)
        return self._connection.execute(removed).scalar()


def says_it_is_there(error: IntegrityError) -> bool:
    """Whether a case could not be opened because the organisation has one in the programme."""
    diagnosis = getattr(error.orig, "diag", None)
    return diagnosis is not None and diagnosis.constraint_name == _ONE_FOR_EACH


def _case(row: Sequence[Any]) -> Case:
    case = Case(*row)
    case.stage = Stage(case.stage)
    return case
