"""Somebody without a key who reads a programme's public numbers: on the dashboard, as JSON and as CSV, of now and frozen."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.rules.published import GROUPS, Cell, Told

MOST_PLACES = 3
"""How many municipalities' own summaries are read, of those of which something is hidden in the table of all."""

_COLUMNS = {"": 0, "fulfilled": 1, "under_way": 3, "waiting": 4}
"""Where the dashboard's table has the cases of each kind; what stands between them is a share."""

Numbers = Iterable[tuple[Cell, Any]]


def read_public(platform: Platform, programme_id: str) -> list[Told]:
    """What everybody is told of a programme, with an interim report frozen for it."""
    programme = f"/reporting/api/programmes/{programme_id}"
    frozen = platform.office.post("/reporting/api/reports", {"programme_id": programme_id})
    report = f"/reporting/api/reports/{frozen['report_id']}"
    people = platform.people
    summary = people.get(f"{programme}/summary")
    told = _of(f"{programme}/summary", _of_country(summary))
    told += _of(report, _of_country(people.get(report)["numbers"]))
    for base in (programme, report):
        for name, numbers in _TABLES.items():
            told += _of(f"{base}/{name}.csv", numbers(_csv(people, f"{base}/{name}.csv")))
    page = f"/reporting/?programme={programme_id}&language=en"
    told += _of(page, _of_page(people.call("GET", page).body.decode()))
    hiding = [place for place in summary["municipalities"] if None in {place["cases"], *place["groups"].values()}]
    for place in hiding[:MOST_PLACES]:
        path = f"{programme}/summary?municipality={place['code']}"
        told += _of(path, _of_place(people.get(path)["municipalities"][0]))
    return told


def _of(source: str, numbers: Numbers) -> list[Told]:
    return [Told(source, cell, None if number in {None, ""} else int(number)) for cell, number in numbers]


def _csv(people: HttpClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(people.call("GET", path).body.decode())))


def _of_country(summary: Mapping[str, Any]) -> Iterator[tuple[Cell, Any]]:
    cases, surveys = summary["cases"], summary["surveys"]
    yield from ((("state", state), number) for state, number in {**cases["states"], "": cases["total"]}.items())
    yield from ((("cases", "", group), number) for group, number in {**cases["groups"], "": cases["total"]}.items())
    yield ("registered", ""), summary["registrations"]["total"]
    yield from _of_days(summary["registrations"]["days"])
    for form, row in {**summary["bookings"]["forms"], "": summary["bookings"]["total"]}.items():
        yield from ((("bookings", form, state), number) for state, number in row.items())
    yield ("answers", "", ""), surveys["answered"]
    yield ("answers", "", "satisfied"), surveys["satisfied"]
    for place in summary["municipalities"]:
        yield from _of_place(place)


def _of_place(place: Mapping[str, Any]) -> Iterator[tuple[Cell, Any]]:
    flat = {**place, **place.get("groups", {})}
    yield ("cases", place["code"], ""), place["cases"]
    yield from ((("cases", place["code"], group), flat[group]) for group in GROUPS)
    yield ("cases", place["code"], "waiting"), place["seats_needed"]
    yield ("answers", place["code"], ""), place["answered"]
    yield ("answers", place["code"], "satisfied"), place["satisfied"]


def _of_page(page: str) -> Iterator[tuple[Cell, Any]]:
    """The dashboard's table of municipalities; a hidden number is told in words, without a digit."""
    for code, row in re.findall(
        r'<th scope="row"><a href="[^"]*/municipalities/([a-z]{2}-\d+).*?</th>(.*?)</tr>', page
    ):
        cells = [re.sub(r"\D", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for kind, place in _COLUMNS.items():
            yield ("cases", code, kind), cells[place]


def _of_days(days: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Cell, Any]]:
    for day in days:
        yield from (((what, day["day"]), day[what]) for what in ("registered", "fulfilled"))


def _of_places(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Cell, Any]]:
    for row in rows:
        yield from _of_place(row)


def _of_states(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Cell, Any]]:
    yield from ((("state", row["state"] if row["state"] != "total" else ""), row["cases"]) for row in rows)


_TABLES: dict[str, Callable[[Iterable[Mapping[str, Any]]], Numbers]] = {
    "municipalities": _of_places,
    "registrations": _of_days,
    "states": _of_states,
}
"""The files that everybody may have, and how each is read."""
