"""Organisations and their cases."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from messaging.identifiers import new_id
from messaging.refusals import Refusal
from services.registration.domain.case import Case, Stage
from services.registration.storage.tables import achieved_topics, cases, organisations

_FACTS = [entry.name for entry in fields(Case)]
_COLUMNS = [cases.c[name] for name in _FACTS]
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

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_organisation(self, organisation: Organisation) -> None:
        """Keep the organisation; one that is known already stays as it is."""
        insertion = insert(organisations).values(vars(organisation)).on_conflict_do_nothing()
        self._connection.execute(insertion)

    def organisation(self, organisation_id: str) -> Organisation | None:
        """The organisation, or None."""
        columns = [organisations.c[entry.name] for entry in fields(Organisation)]
        query = select(*columns).where(organisations.c.organisation_id == organisation_id)
        row = self._connection.execute(query).one_or_none()
        return Organisation(**row._asdict()) if row else None

    def find_or_open(self, organisation: Organisation, programme_id: str, now: datetime) -> tuple[Case, bool]:
        """The organisation's case in the programme, locked, and whether it was opened just now."""
        row = {
            "case_id": new_id(),
            "programme_id": programme_id,
            "organisation_id": organisation.organisation_id,
            "municipality": organisation.municipality,
            "kind": organisation.kind,
            "opened_at": now,
            "changed_at": now,
        }
        insertion = insert(cases).values(row).on_conflict_do_nothing().returning(cases.c.case_id)
        opened = self._connection.execute(insertion).first() is not None
        case = self.find(organisation.organisation_id, programme_id, lock=True)
        if case is None:
            raise CaseUnknown("The case was erased just now; register again.")
        return case, opened

    def find(self, organisation_id: str, programme_id: str, *, lock: bool = False) -> Case | None:
        """The organisation's case in the programme, or None."""
        here = (cases.c.organisation_id == organisation_id) & (cases.c.programme_id == programme_id)
        query = select(*_COLUMNS).where(here)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return _case(row) if row else None

    def get(self, case_id: str, *, lock: bool = False) -> Case:
        """The case; raises `CaseUnknown`."""
        found = self.load([case_id], lock=lock)
        if not found:
            raise CaseUnknown("There is no such case; check the address or search for the organisation.")
        return found[case_id]

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

    def forget_organisation(self, organisation_id: str) -> None:
        """Remove the organisation, unless it has a case in another programme."""
        has_case = exists().where(cases.c.organisation_id == organisation_id)
        here = organisations.c.organisation_id == organisation_id
        self._connection.execute(delete(organisations).where(here, ~has_case))


def _case(row: Row[Any]) -> Case:
    return Case(**{**row._asdict(), "stage": Stage(row.stage)})
