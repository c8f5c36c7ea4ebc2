"""A municipality's subsidies come page by page, and each line is what it is in the list of all."""

import csv
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from messaging.database import Database
from tests.reporting import world
from tests.support.listing import following, walk
from web.paging import encode_cursor

LINES = f"/reporting/api/programmes/{world.PROGRAMME}/subsidies"
RATES = {"desk": 300_00, "visit": 500_00}


def held_many(database: Database[Any], number: int, ceiling: int | None = None) -> None:
    """So many sessions were held, a desk and a visit at each hour."""
    money = {**world.definition()["money"], "subsidy_per_session": RATES, "ceiling_per_municipality": ceiling}
    events = [world.a_programme_applied(money=money), world.municipalities_imported()]
    for each in range(number):
        session = world.held(f"{each:03}", form="visit" if each % 2 else "desk")
        events.append(replace(session, starts_at=world.START + timedelta(hours=each // 2)))
    with database.begin() as uow:
        world.apply(uow, world.numbered(events))


@pytest.mark.parametrize("ceiling", [None, 2500_00])
def test_what_is_paid_is_the_same_on_a_page_as_among_all(
    lead: FlaskClient, database: Database[Any], ceiling: int | None
) -> None:
    held_many(database, 10, ceiling)

    pages = walk(lead, LINES, 3)

    listed = [(line["session_id"], line["earned"], line["paid"]) for page in pages for line in page]
    file = csv.DictReader(lead.get(f"{LINES}.csv").text.splitlines())
    in_order = [(line["session_id"], int(line["earned"]), int(line["paid"])) for line in file]
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert listed == in_order[::-1]
    assert sum(paid for _, _, paid in listed) == (ceiling or 4000_00)


@pytest.mark.parametrize("cursor", [("another list's",), ("never", "b"), (10**30,), (None,), (["a"], {})])
def test_a_foreign_cursor_means_the_newest(lead: FlaskClient, database: Database[Any], cursor: tuple[Any, ...]) -> None:
    held_many(database, 2)

    answer: Any = lead.get(LINES, query_string={"after": encode_cursor(*cursor)})

    assert answer.status_code == 200
    assert len(answer.json["items"]) == 2


def test_where_nothing_was_held_there_is_no_line(lead: FlaskClient, database: Database[Any]) -> None:
    held_many(database, 0)

    assert lead.get(LINES).json == {"items": [], "next": None}


def test_the_page_of_the_money_leads_to_the_lines_before(lead: FlaskClient, database: Database[Any]) -> None:
    held_many(database, 52)

    first = lead.get("/reporting/money?language=en").text
    second = lead.get(following(first)).text

    events = [set(re.findall(r"<code>([\w-]{36})</code>", page)) for page in (first, second)]
    assert [len(page) for page in events] == [50, 2]
    assert not events[0] & events[1]
