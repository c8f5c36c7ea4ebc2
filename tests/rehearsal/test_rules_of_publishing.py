"""Rule 10: what is told to everybody is compared with the rows, read as somebody does who adds and subtracts."""

from typing import Any

import pytest

from operations.rehearsal.rules.published import Told, worked_out
from tests.rehearsal.planting import NOON, PROGRAMME, Planters, a_booking, a_case, a_session, a_told_case, broken

THERE = "What is published is what is there."
SMALL = "No number is published that counts from 1 to below the threshold (rule 10)."
GIVEN_BACK = "No small number can be worked out from what is published (rule 10)."

STATES = ("obliged",) * 10 + ("fulfilled",) * 6 + ("waiting",) * 2
"""Eighteen cases of Copenhagen; two who wait are too few to be told of, below the threshold of five."""


@pytest.fixture
def copenhagen(services: Planters) -> Planters:
    for number, state in enumerate(STATES):
        changed = {"state": state, "case_id": f"00000000-0000-7000-8000-0000000000{number:02}"}
        services["registration"].put("cases", a_case(1, organisation_id=f"dk-cvr-{number}", **changed))
        services["reporting"].put("cases", a_told_case(1, **changed))
        if state == "waiting":
            placement = {"case_id": changed["case_id"], "programme_id": PROGRAMME, "municipality": "dk-0101"}
            placement |= {"sequence": 1, "state": state, "due_at": NOON}
            services["scheduling"].put("placements", placement)
    return services


def told_of(**numbers: int | None) -> list[Told]:
    """What a table tells of Copenhagen; `cases` is the total."""
    kinds = {"cases": "", "not_heard_from": "not_heard_from", "under_way": "under_way", "waiting": "waiting"}
    names = {**kinds, "fulfilled": "fulfilled"}
    return [Told("a table", ("cases", "dk-0101", names[name]), number) for name, number in numbers.items()]


def broken_by(services: Planters, told: list[Told]) -> list[str]:
    return broken(services, organisations=len(STATES), told=told)


def test_numbers_with_enough_of_them_hidden_break_no_rule(copenhagen: Planters) -> None:
    told = told_of(cases=18, not_heard_from=10, under_way=0, waiting=None, fulfilled=None)

    assert broken_by(copenhagen, told) == []


def test_a_small_number_that_is_told_is_found(copenhagen: Planters) -> None:
    assert SMALL in broken_by(copenhagen, told_of(waiting=2))


def test_another_number_than_there_is_is_found(copenhagen: Planters) -> None:
    assert broken_by(copenhagen, told_of(not_heard_from=11)) == [THERE]


def test_a_small_number_that_is_told_wrongly_is_found_too(copenhagen: Planters) -> None:
    assert broken_by(copenhagen, told_of(waiting=7))[:2] == [THERE, SMALL]


def test_a_small_number_that_the_total_gives_back_is_found(copenhagen: Planters) -> None:
    told = told_of(cases=18, not_heard_from=10, under_way=0, waiting=None, fulfilled=6)

    assert broken_by(copenhagen, told) == [GIVEN_BACK]


def test_what_one_source_hides_and_another_tells_is_told(copenhagen: Planters) -> None:
    hiding = told_of(cases=18, not_heard_from=10, under_way=0, waiting=None, fulfilled=None)
    telling = [Told("another table", ("state", "fulfilled"), 6), Told("another table", ("cases", "", "fulfilled"), 6)]

    assert broken_by(copenhagen, hiding + telling) == [GIVEN_BACK]


@pytest.mark.parametrize(
    ("service", "table", "row", "cell"),
    [
        ("scheduling", "bookings", a_booking(state="cancelled"), ("bookings", "desk", "cancelled")),
        ("reporting", "survey_answers", {"survey_id": "s-1", "score": 5, "first_visit": True}, ("answers", "dk-0101", "")),
        ("reporting", "cases", a_told_case(2, state="registered", registered_at=NOON), ("registered", str(NOON.date()))),
    ],
)  # fmt: skip
def test_bookings_answers_and_days_are_counted_too(
    services: Planters, service: str, table: str, row: dict[str, Any], cell: tuple[str, ...]
) -> None:
    place = {"programme_id": PROGRAMME, "municipality": "dk-0101", "sequence": 1, "position": 1}
    services[service].put(table, place | row if table == "survey_answers" else row)
    services["scheduling"].put("sessions", a_session(taken=0))

    assert SMALL in broken(services, told=[Told("a table", cell, 1)])
    assert THERE not in broken(services, told=[Told("a table", cell, 1)])
    assert THERE in broken(services, told=[Told("a table", cell, 6)])


def test_a_cell_on_no_circle_of_hidden_cells_is_worked_out_by_several_sums() -> None:
    """A square of hidden cells, whose four tell nothing, and one more in the column of two of them."""
    names = {name: ("cell", name) for name in "abcdm"}
    left = [{names["a"]: 1, names["b"]: 1}, {names["c"]: 1, names["d"]: 1}, {names["a"]: 1, names["c"]: 1}]
    between = [{names["b"]: 1, names["d"]: 1, names["m"]: 1}]

    assert worked_out(left) == set()
    assert worked_out([*left, *between]) == {names["m"]}
