"""What the events say becomes the same numbers, in whatever order and however often they are told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from frist_contracts import (
    BookingCancelled,
    BookingMissed,
    BookingMoved,
    CapacityChanged,
    CapacityDay,
    CaseErased,
    CaseUnplaced,
    CaseWaitlisted,
    Event,
    MessageFailed,
    MessageSent,
    MessageWithheld,
    NoAddressLeft,
    SurveyAnswered,
)
from messaging.database import Database
from services.reporting.storage.tables import PROJECTIONS
from services.reporting.storage.tallies import TALLIES
from tests.reporting import world

_KEPT = [*(table.name for table in PROJECTIONS), *(tally.name for tally in TALLIES)]


def everything(uow: Any) -> dict[str, list[str]]:
    return {
        name: sorted(uow.connection.execute(text(f"SELECT CAST(row AS text) FROM {name} AS row")).scalars())
        for name in _KEPT
    }


def an_eventful_story() -> list[Event]:
    """Two cases and everything else that is counted, with corrections that only order explains."""
    second = world.about("case-2", 1, "dk-0147")
    session = world.session_facts("visit")
    story: list[Event] = [
        world.a_programme_applied(),
        world.municipalities_imported(world.CODES[:2]),
        *world.a_helped_journey("case-1"),
        world.registered("case-2", "dk-0147"),
        CaseWaitlisted(**second, topics=["digital_mailbox"], reason="no_seat_fits"),
        world.confirmed("case-2", 2, "dk-0147"),
        BookingMoved(
            **{**second, "sequence": 3}, booking_id="booking-case-2", revision=1, moved_by="staff", session=session
        ),
        BookingMissed(**{**second, "sequence": 4}, booking_id="booking-case-2", session_id="session-2", form="visit"),
        CaseUnplaced(**{**second, "sequence": 5}, reason="too_many_no_shows"),
        BookingCancelled(
            **world.about("case-3", 9),
            booking_id="b-3",
            revision=2,
            cancelled_by="staff",
            reason="asked",
            session=session,
        ),
        CaseErased(**world.about("case-2", 8, "dk-0147"), state="withdrawn"),
        *_what_was_corrected(),
        *a_move("case-5"),
        *_what_was_sent(),
        *(NoAddressLeft(**world.about("case-3", *given)) for given in ((2, "dk-0101"), (9, "dk-0147"))),
        SurveyAnswered(
            survey_id="s-1",
            case_id="case-1",
            programme_id=world.PROGRAMME,
            municipality="dk-0101",
            score=4,
            first_visit=True,
        ),
        *_what_is_free(),
    ]
    return world.numbered(story)


def _what_was_corrected() -> list[Event]:
    """Somebody came after all and gave back the seat given for not having come, and achieved more than was recorded."""
    place = world.about("case-4", 2, "dk-0147")
    first = world.attended("case-4", 6, "dk-0147")
    less = [replace(outcome, achieved=False, level_after=outcome.level_before) for outcome in first.outcomes]
    held = world.held("case-4", "dk-0147")
    again = replace(world.confirmed("case-4", 4, "dk-0147"), booking_id="b-again")
    return [
        world.confirmed("case-4", 1, "dk-0147"),
        BookingMissed(**place, booking_id="booking-case-4", session_id="session-case-4", form="desk"),
        CaseWaitlisted(**{**place, "sequence": 3}, topics=["digital_mailbox"], reason="no_show"),
        again,
        BookingCancelled(
            **{**place, "sequence": 5},
            booking_id="b-again",
            revision=1,
            cancelled_by="staff",
            reason="came_after_all",
            session=again.session,
        ),
        replace(first, outcomes=less),
        replace(first, sequence=7),
        held,
        replace(held, sequence=2, attended=2),
    ]


def a_move(case_id: str) -> list[Event]:
    """An organisation that waits moves from one municipality to another."""
    waits = {"topics": ["digital_mailbox"], "reason": "no_seat_fits"}
    return [
        world.registered(case_id, "dk-0101"),
        world.assessed(case_id, "dk-0101"),
        CaseWaitlisted(**world.about(case_id, 1, "dk-0101"), **waits),
        world.progressed(case_id, "waiting", 4, "dk-0101"),
        world.progressed(case_id, "waiting", 6, "dk-0147"),
        CaseWaitlisted(**world.about(case_id, 2, "dk-0147"), **waits),
    ]


def _what_was_sent() -> list[Event]:
    message = {"case_id": "case-2", "programme_id": world.PROGRAMME, "municipality": "dk-0147", "channel": "email"}
    return [
        MessageSent(**message, message_id="m-1", purpose="booking_confirmed"),
        MessageFailed(**message, message_id="m-1", purpose="booking_confirmed", reason="bounced", sequence=1),
        MessageSent(**{**message, "channel": "letter"}, message_id="m-1", purpose="booking_confirmed", sequence=2),
        MessageWithheld(**message, message_id="m-2", purpose="ladder:letter-1", reason="case_closed"),
    ]


def _what_is_free() -> list[Event]:
    capacity = {"programme_id": world.PROGRAMME, "municipality": "dk-0101"}
    return [
        CapacityChanged(**capacity, sequence=1, from_day=world.day("2013-09-02"), days=_days("02", "03", "04")),
        CapacityChanged(**capacity, sequence=2, from_day=world.day("2013-09-03"), days=_days("04", taken=1)),
        CapacityChanged(**capacity, sequence=3, from_day=world.day("2013-09-04"), days=_days("05")),
    ]


def _days(*days: str, taken: int = 0) -> list[CapacityDay]:
    return [CapacityDay(world.day(f"2013-09-{day}"), "desk", 4, taken) for day in days]


@pytest.fixture(scope="module")
def story() -> list[Event]:
    return an_eventful_story()


@pytest.fixture
def expected(database: Database[Any], story: list[Event]) -> dict[str, list[str]]:
    with database.begin() as uow:
        for event in story:
            world.apply(uow, [event])
        return everything(uow)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_duplicates_give_the_same_rows(
    data: st.DataObject, database: Database[Any], story: list[Event], expected: dict[str, list[str]]
) -> None:
    again = data.draw(st.lists(st.sampled_from(range(len(story))), max_size=12))
    order = data.draw(st.permutations([*range(len(story)), *again]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=6)))

    with database.begin() as uow:
        uow.projections.empty()
        for first, last in zip([0, *cuts], [*cuts, len(order)], strict=True):
            world.apply(uow, [story[place] for place in order[first:last]])
        rows = everything(uow)

    assert rows == expected


def test_a_story_told_in_order_counts_what_happened(expected: dict[str, list[str]]) -> None:
    assert expected["case_tallies"] == [
        f"({world.PROGRAMME},dk-0101,fulfilled,1)",
        f"({world.PROGRAMME},dk-0147,waiting,1)",
        f"({world.PROGRAMME},dk-0147,withdrawn,1)",
    ]
    assert expected["booking_tallies"] == [
        f"({world.PROGRAMME},dk-0101,desk,attended,1)",
        f"({world.PROGRAMME},dk-0101,visit,cancelled,1)",
        f"({world.PROGRAMME},dk-0147,desk,attended,1)",
        f"({world.PROGRAMME},dk-0147,desk,cancelled,1)",
        f"({world.PROGRAMME},dk-0147,visit,missed,1)",
    ]


def test_a_corrected_record_counts_once_as_it_was_put_right(expected: dict[str, list[str]]) -> None:
    outcomes = [row for row in expected["topic_outcomes"] if "booking-case-4" in row]
    sessions = [row for row in expected["session_tallies"] if "dk-0147" in row]

    assert [",t," in row for row in outcomes] == [True, True]
    assert sessions == [f"({world.PROGRAMME},dk-0147,desk,1,1,2)"]


@pytest.mark.parametrize("tally", ["case_tallies", "registration_tallies", "placement_tallies"])
def test_what_is_counted_of_a_case_moves_with_it(database: Database[Any], tally: str) -> None:
    def counted(events: list[Event]) -> tuple[set[str], int]:
        with database.begin() as uow:
            uow.projections.empty()
            world.apply(uow, events)
            rows = uow.connection.execute(text(f"SELECT municipality, number FROM {tally}")).all()
        return {row.municipality for row in rows}, sum(row.number for row in rows)

    story = world.numbered([world.a_programme_applied(), *a_move("case-4")])

    assert (counted(story[:-2]), counted(story)) == (({"dk-0101"}, 1), ({"dk-0147"}, 1))


def test_a_message_that_failed_on_one_channel_counts_on_the_next(expected: dict[str, list[str]]) -> None:
    counted = [row.split(",")[3:] for row in expected["message_tallies"] if "booking_confirmed" in row]

    assert counted == [["email", "failed", "bounced", "1)"], ["letter", "sent", '""', "1)"]]


def test_an_announcement_of_seats_also_takes_seats_away(expected: dict[str, list[str]]) -> None:
    days = [row.split(",")[2] for row in expected["capacity_days"]]

    assert days == ["2013-09-02", "2013-09-05"]


def test_tallies_agree_with_the_rows_they_count(fresh_database: Callable[..., Any], story: list[Event]) -> None:
    database = fresh_database("reporting")
    with database.begin() as uow:
        world.apply(uow, story)

        for tally in TALLIES:
            keys = ", ".join(f"{expression} AS {key}" for key, expression in tally.keys.items())
            numbers = ", ".join(f"sum({expression})::bigint AS {name}" for name, expression in tally.numbers.items())
            places = ", ".join(str(place + 1) for place in range(len(tally.keys)))
            query = f"SELECT {keys}, {numbers} FROM {tally.source} WHERE {tally.only} GROUP BY {places}"
            counted = {tuple(row) for row in uow.connection.execute(text(query))}
            kept = {tuple(row) for row in uow.connection.execute(text(f"SELECT * FROM {tally.name}"))}
            assert kept == counted
