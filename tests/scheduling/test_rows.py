"""Rows of venues and coaches: what is understood, and what is refused with a remedy."""

from datetime import date, time

import pytest

from services.scheduling.domain.refusals import InvalidValue
from services.scheduling.domain.rows import read_availability, read_coach, read_venue, write_availability
from services.scheduling.domain.week import read_opening, write_opening

COACH = {
    "coach_id": "c-1", "name": "Karen Holm", "email": "Karen@Example.dk", "municipalities": "dk-0101; dk-0147",
    "languages": "da;en", "forms": "desk", "accreditations": "digital_mailbox:2014-12-31",
    "availability": "mon-fri 10.00-16.00@lib-1/room 2=desk[2013-08-01..]; sat 9:00-12:00@lib-1",
}  # fmt: skip
VENUE = {"venue_id": "lib-1", "municipality": "dk-0101", "name": "Bibliotek", "address": "Gade 1", "opening": ""}


def test_a_coach_is_read_with_the_whole_week():
    coach = read_coach(COACH)

    assert coach.email == "karen@example.dk"
    assert len(coach.blocks) == 6
    assert coach.blocks[0].room == "room 2"
    assert coach.blocks[0].valid_from == date(2013, 8, 1)
    assert coach.blocks[5].hours.opens == time(9)


def test_what_is_written_is_read_back():
    blocks = read_availability(COACH["availability"])
    hours = read_opening("mon-fri 10:00-18:00; sat 10:00-14:00")

    assert read_availability(write_availability(blocks)) == blocks
    assert read_opening(write_opening(hours)) == hours


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("coach_id", "with space"),
        ("name", " "),
        ("email", "nobody"),
        ("municipalities", "0101"),
        ("municipalities", "; ,"),
        ("languages", ";"),
        ("name", "Karen\0Holm"),
        ("name", "K" * 201),
        ("email", "k" * 200 + "@example.dk"),
        ("availability", f"mon 10:00-16:00@lib-1/{'r' * 61}"),
        ("accreditations", f"{'t' * 65}:2014-12-31"),
        ("availability", "mon 10:00-16:00@lib-1/room\0"),
        ("accreditations", "digital\ud800mailbox:2014-12-31"),
        ("languages", "de"),
        ("forms", "phone"),
        ("accreditations", "digital_mailbox"),
        ("accreditations", "digital_mailbox:31-12-2014"),
        ("availability", "mon 10:00-16:00"),
        ("availability", "mon 16:00-10:00@lib-1"),
        ("availability", "mon 25:00-26:00@lib-1"),
        ("availability", "someday 10:00-16:00@lib-1"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_column(field, value):
    with pytest.raises(InvalidValue) as refused:
        read_coach({**COACH, field: value})

    assert refused.value.field == field


@pytest.mark.parametrize(
    "opening", ["10-18", "mon 18:00-10:00", "fri-mon 10:00-11:00", "mon 10:00-18:00 tue 9:00-10:00"]
)
def test_opening_hours_that_cannot_be_read_are_refused(opening):
    with pytest.raises(InvalidValue) as refused:
        read_venue({**VENUE, "opening": opening})

    assert refused.value.field == "opening"
