"""Any order and any repetition of a journey's events plans the same messages."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.notifications.builders import (
    MONDAY,
    a_booking,
    a_cancellation,
    a_case_opened,
    a_closing,
    a_contact,
    a_link_request,
    a_miss,
    a_move,
    a_programme_applied,
    a_progress,
    a_registration,
    a_survey,
    a_waiting,
    an_attendance,
    an_erasure,
)

JOURNEY = [
    a_programme_applied(),
    a_case_opened(),
    a_contact(),
    a_registration(),
    a_link_request(sequence=4),
    a_link_request(sequence=5),
    a_waiting(sequence=1),
    a_booking(sequence=2),
    a_progress("booked", sequence=6),
    a_move(sequence=3),
    a_miss(sequence=4),
    an_attendance(sequence=5),
    an_attendance(sequence=6),
    a_survey(),
    a_closing(sequence=9),
]

KEPT = ("message_id", "purpose", "state", "reason", "send_after", "useless_after", "parameters", "sequence", "lane")


def planned(platform):
    return sorted(tuple(str(getattr(row, name)) for name in KEPT) for row in platform.messages())


def case_row(platform):
    with platform.database.begin() as uow:
        return uow.connection.exec_driver_sql("SELECT * FROM cases").one()._asdict()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize(
    "ends", [[], [a_cancellation(sequence=7)], [an_erasure()]], ids=["attended", "cancelled", "erased"]
)
def test_order_and_repetition_change_nothing(fresh_database_pair, data, ends):
    straight, shuffled = fresh_database_pair
    events = [*JOURNEY, *ends]
    mixed = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=4))]))

    straight.tell(*events)
    shuffled.tell(*mixed)

    assert planned(shuffled) == planned(straight)
    assert case_row(shuffled) == case_row(straight)


@pytest.fixture
def fresh_database_pair(platform, fresh_database):
    other = type(platform)(fresh_database("notifications")).at(MONDAY)
    return Emptied(platform), Emptied(other)


class Emptied:
    """A platform whose tables are emptied before each journey."""

    def __init__(self, platform):
        self._platform = platform

    def tell(self, *events):
        with self._platform.database.begin() as uow:
            for table in ("messages", "cases", "programmes", "outbox"):
                uow.connection.exec_driver_sql(f"DELETE FROM {table}")
        self._platform.tell(*events)

    def __getattr__(self, name):
        return getattr(self._platform, name)
