"""What registration lets into a programme file is what all four services can reckon with, also at its bounds."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields

from frist_contracts import NATIONAL, Lane, ProgrammeApplied, decode, encode, with_position
from services.notifications.domain.programme import read_programme
from services.notifications.handlers.previews import preview_texts
from services.registration.programme_files import ProgrammeRefused, check_programme
from services.registration.programme_files.shape import FIRST_DAY, LAST_DAY, TEN_YEARS, ProgrammeShape
from services.registration.storage.programmes import Programme as RegisteredProgramme
from services.reporting.domain.curve import days_between
from services.reporting.domain.money import subsidy
from services.reporting.domain.programme import Programme, refuse_unreadable
from services.scheduling.domain.programme import kept_rules, read_rules

Place = tuple[str | int, ...]
FILE = Path(__file__).parents[2] / "programmes" / "dk-digital-post-2013.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))
BEYOND_64_BITS = 2**63
ID = "018f3c5e-0000-7000-8000-000000000001"


def whole_numbers(shape: Schema, data: dict[str, Any], path: Place = ()) -> Iterator[tuple[Place, int, int]]:
    """Every whole number in the file, with the least and the most that its shape takes."""
    for name, field in shape.fields.items():
        place = (*path, name)
        match field:
            case fields.Integer() if name in data:
                yield place, field.validators[0].min, field.validators[0].max
            case fields.Nested() if name in data:
                yield from whole_numbers(field.schema, data[name], place)
            case fields.List(inner=fields.Nested() as inner):
                for index, item in enumerate(data.get(name, [])):
                    yield from whole_numbers(inner.schema, item, (*place, index))


NUMBERS = [number for number in whole_numbers(ProgrammeShape(), DOCUMENT) if "funders" not in number[0]]
"""All but the funders' shares, which have to make up a hundred."""


def put(document: dict[str, Any], path: Place, value: Any) -> None:
    *way, last = path
    inner: Any = document
    for step in way:
        inner = inner[step]
    inner[last] = value


def with_dates(document: dict[str, Any], starts: date, days: int, *, has_deadline: bool) -> None:
    ends = min(starts + timedelta(days=days), LAST_DAY)
    document |= {"starts_on": str(starts), "ends_on": str(ends), "deadline": str(ends) if has_deadline else None}
    for duty in document["obligations"]:
        duty["binds_on"] = str(ends)


@st.composite
def programmes_at_their_bounds(draw: st.DrawFn) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    for path, least, most in NUMBERS:
        put(document, path, draw(st.sampled_from((least, most))))
    starts = draw(st.sampled_from((FIRST_DAY, LAST_DAY - timedelta(days=1), date(2013, 8, 15))))
    with_dates(document, starts, draw(st.sampled_from((1, TEN_YEARS))), has_deadline=draw(st.booleans()))
    return document


def loads_everywhere(definition: dict[str, Any]) -> None:
    days = [date.fromisoformat(definition[name]) for name in ("starts_on", "ends_on")]
    for day in days:
        now = datetime.combine(day, time(), UTC)
        loads_in_registration(definition)
        loads_in_notifications(definition, now)
        loads_in_scheduling(definition, now)
        loads_in_reporting(definition, now)


def loads_in_registration(definition: dict[str, Any]) -> None:
    told = ProgrammeApplied(
        municipality=NATIONAL, sequence=1, programme_id=definition["programme_id"], definition=definition
    )

    body = encode(told, event_id=ID, time=datetime(2013, 8, 1, tzinfo=UTC), lane=Lane.URGENT, correlation_id=ID)

    assert decode(with_position(body, 1)).event.definition == definition
    assert RegisteredProgramme(definition["programme_id"], "dk", definition, 1).last_day


def loads_in_notifications(definition: dict[str, Any], now: datetime) -> None:
    programme = read_programme(definition)

    assert now - programme.cap.window < now
    assert all(now + reminder.before > now for reminder in programme.session_reminders)
    assert all(step.due_at < step.useless_after for step in programme.ladder)
    assert preview_texts(programme, now, "da")


def loads_in_scheduling(definition: dict[str, Any], now: datetime) -> None:
    rules = read_rules(kept_rules(definition))
    earliest, _latest = rules.seat_window(now)

    assert earliest >= now
    assert rules.horizon(now) <= rules.ends_on


def loads_in_reporting(definition: dict[str, Any], now: datetime) -> None:
    programme = Programme(definition["programme_id"], definition)
    refuse_unreadable(programme)
    money = programme.money
    sums = subsidy(
        dict.fromkeys(programme.forms, 1_000_000), money["subsidy_per_session"], money["ceiling_per_municipality"]
    )

    assert programme.seats_until(programme.day_of(now)) <= programme.ends_on
    assert len(days_between(programme.starts_on, programme.target)) <= TEN_YEARS + 1
    assert max(sums["earned"], sums["ceiling"]) < BEYOND_64_BITS


@settings(max_examples=15, deadline=None)
@given(programmes_at_their_bounds())
def test_whatever_registration_accepts_at_its_bounds_loads_in_all_four_services(document: dict[str, Any]) -> None:
    definition = check_programme(yaml.safe_dump(document))

    loads_everywhere(definition)


@pytest.mark.parametrize(("path", "least", "most"), NUMBERS, ids=str)
def test_a_number_beyond_its_bounds_is_refused_with_what_they_are(path: Place, least: int, most: int) -> None:
    for beyond in (least - 1, most + 1):
        document = deepcopy(DOCUMENT)
        put(document, path, beyond)

        with pytest.raises(ProgrammeRefused) as refused:
            check_programme(yaml.safe_dump(document))

        assert [fault.message for fault in refused.value.faults] == [f"write a whole number from {least} to {most}"]
