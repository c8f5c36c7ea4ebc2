"""Lists and counts of cases for staff."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from services.registration.domain.numbers import organisation_id_of
from services.registration.domain.words import COUNTRIES
from services.registration.storage.tables import achieved_topics, cases, contacts, organisations
from web.paging import PageArgs

_WITH_NAMES = cases.outerjoin(organisations).outerjoin(contacts, contacts.c.case_id == cases.c.case_id)
_SHOWN = (
    cases.c.case_id,
    cases.c.programme_id,
    cases.c.organisation_id,
    cases.c.municipality,
    cases.c.kind,
    cases.c.state,
    cases.c.opened_at,
    cases.c.registered_at,
    cases.c.changed_at,
    organisations.c.number,
    func.coalesce(contacts.c.organisation_name, organisations.c.name).label("name"),
)


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """What to look for; None means everything. `words` is a number, an e-mail address or part of a name."""

    programme_id: str | None = None
    municipality: str | None = None
    state: str | None = None
    words: str | None = None


class CaseSearch:
    """Reads lists and counts of cases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(self, wanted: CaseFilter, args: PageArgs) -> list[Row[Any]]:
        """Up to `args.rows` cases, the newest first, each with the name of its organisation."""
        query = select(*_SHOWN).select_from(_WITH_NAMES).where(*_conditions(wanted))
        if after := _case_id(args):
            query = query.where(cases.c.case_id < after)
        return list(self._connection.execute(query.order_by(cases.c.case_id.desc()).limit(args.rows)))

    def states(self, programme_id: str, municipality: str | None = None) -> dict[str, int]:
        """How many cases of the programme are in each state; they sum to the cases there are."""
        query = select(cases.c.state, func.count()).where(cases.c.programme_id == programme_id)
        if municipality is not None:
            query = query.where(cases.c.municipality == municipality)
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(cases.c.state))}

    def achievements(self, case_id: str) -> list[Row[Any]]:
        """What the case achieved, with levels before and after."""
        query = select(achieved_topics).where(achieved_topics.c.case_id == case_id)
        return list(self._connection.execute(query.order_by(achieved_topics.c.achieved_at)))


def _case_id(args: PageArgs) -> str | None:
    """The case that the page before ended with; a cursor of another list means the start."""
    try:
        return str(UUID(str(args.after[0]))) if args.after else None
    except ValueError:
        return None


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.programme_id:
        conditions.append(cases.c.programme_id == wanted.programme_id)
    if wanted.municipality:
        conditions.append(cases.c.municipality == wanted.municipality)
    if wanted.state:
        conditions.append(cases.c.state == wanted.state)
    if wanted.words and wanted.words.strip():
        conditions.append(_matches(wanted.words.strip().lower()))
    return conditions


_WHOLE = (8, 10)
"""How many digits a Danish and a Swedish number have; fewer are the beginning of one."""


def _matches(words: str) -> ColumnElement[bool]:
    digits = "".join(character for character in words if character.isdigit())
    by_name = or_(
        func.lower(organisations.c.name).contains(words, autoescape=True),
        func.lower(contacts.c.organisation_name).contains(words, autoescape=True),
    )
    if "@" in words:
        return func.lower(contacts.c.email) == words
    if len(digits) >= 6 and not any(character.isalpha() for character in words.removeprefix("dk")):
        if len(digits) in _WHOLE:  # found by its index, among all the country's organisations
            return cases.c.organisation_id.in_([organisation_id_of(country, digits) for country in COUNTRIES])
        return organisations.c.number.startswith(digits)
    return and_(by_name, cases.c.erased.is_(False))
