"""Tables as CSV: UTF-8 with a header, and an empty cell for what is hidden.

A table of a summary says in every row what it was counted from: its last columns are `counted_on`, the local day, and
for each producer of events `position_<producer>`, the newest of its positions that was counted. Columns, not lines
above the header: a spreadsheet sorts and filters them with their row, and a program needs to skip nothing.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from services.reporting.domain.states import GROUPS, STATES
from services.reporting.domain.summary import Summary
from web.spreadsheets import cells


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The table as a file to download."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(cells(row) for row in rows)
    response = Response(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _summary_csv(summary: Summary, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    counted = summary["counted"]
    columns = ["counted_on", *(f"position_{producer}" for producer in counted["positions"])]
    basis = [counted["day"], *counted["positions"].values()]
    return csv_response(name, [*header, *columns], ([*row, *basis] for row in rows))


def municipalities_csv(summary: Summary, name: str = "municipalities") -> Response:
    """One line for each municipality."""
    columns = ["code", "name", "region", "cases", *GROUPS, "fulfilled_share"]
    others = ["seats_needed", "seats_free", "seats_short", "answered", "satisfied", "satisfied_share"]
    has_states = all("states" in place for place in summary["municipalities"])
    states = [state for state in STATES if state not in GROUPS] if has_states else []
    return _summary_csv(
        summary,
        name,
        [*columns, *others, *states],
        (
            [
                *(place["groups"].get(column, place.get(column)) for column in columns),
                *(place[column] for column in others),
                *(place["states"][state] for state in states),
            ]
            for place in summary["municipalities"]
        ),
    )


def registrations_csv(summary: Summary, name: str = "registrations") -> Response:
    """One line for each local day."""
    columns = ["day", "registered", "fulfilled", "expected"]
    days = summary["registrations"]["days"]
    return _summary_csv(summary, name, columns, ([day[column] for column in columns] for day in days))


def states_csv(summary: Summary, name: str = "states") -> Response:
    """One line for each state, and the total that they add up to."""
    cases = summary["cases"]
    return _summary_csv(summary, name, ["state", "cases"], [*cases["states"].items(), ("total", cases["total"])])
