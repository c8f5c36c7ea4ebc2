"""Tables as CSV: UTF-8 with a header, and an empty cell for what is hidden."""

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


def municipalities_csv(summary: Summary, name: str = "municipalities") -> Response:
    """One line for each municipality."""
    columns = ["code", "name", "region", "cases", *GROUPS, "fulfilled_share"]
    others = ["seats_needed", "seats_free", "seats_short", "answered", "satisfied", "satisfied_share"]
    has_states = all("states" in place for place in summary["municipalities"])
    states = [state for state in STATES if state not in GROUPS] if has_states else []
    return csv_response(
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
    return csv_response(
        name, columns, ([day[column] for column in columns] for day in summary["registrations"]["days"])
    )


def states_csv(summary: Summary, name: str = "states") -> Response:
    """One line for each state, and the total that they add up to."""
    cases = summary["cases"]
    return csv_response(name, ["state", "cases"], [*cases["states"].items(), ("total", cases["total"])])
