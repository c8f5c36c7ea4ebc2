"""How the rows of cases are merged: the state is the latest one's, the first times are the earliest ones'."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import case, func, or_
from sqlalchemy.dialects.postgresql import Insert

from services.reporting.storage.merging import Row, insert_rows, is_later, latest_of
from services.reporting.storage.tables import cases

_FIRST_TIMES = ("registered_at", "fulfilled_at")
_LATEST = ("programme_id", "municipality", "state", "sequence")


def fold_cases(rows: Iterable[Row]) -> list[Row]:
    """One row for each case of a batch."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["case_id"], []).append(row)
    return [_fold(group) for _, group in sorted(groups.items())]


def _fold(group: list[Row]) -> Row:
    (latest,) = latest_of(group, "case_id")
    firsts: dict[str, Any] = {
        name: min((row[name] for row in group if row[name] is not None), default=None) for name in _FIRST_TIMES
    }
    return {**latest, **firsts, "erased": any(row["erased"] for row in group)}


@cache
def merge_cases() -> Insert:
    """The upsert of folded rows; a row that says nothing new is left alone."""
    statement = insert_rows(cases)
    arriving, later = statement.excluded, is_later(cases, statement)
    firsts = {name: func.least(cases.c[name], arriving[name]) for name in _FIRST_TIMES}
    says_something = or_(
        later,
        arriving.erased > cases.c.erased,
        *(cases.c[name].is_distinct_from(first) for name, first in firsts.items()),
    )
    latest = {name: case((later, arriving[name]), else_=cases.c[name]) for name in _LATEST}
    return statement.on_conflict_do_update(
        index_elements=["case_id"],
        set_={**latest, **firsts, "erased": or_(cases.c.erased, arriving.erased)},
        where=says_something,
    )
