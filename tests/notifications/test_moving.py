"""What an organisation that moved was told, and is to be told, is seen by who may see its case now."""

import itertools

import pytest

from tests.notifications.builders import (
    MONDAY,
    a_case_opened,
    a_contact,
    a_programme_applied,
    a_progress,
    a_registration,
)
from tests.notifications.test_http import app, signed_in  # noqa: F401 - a fixture
from web.access import Role

HERE, THERE = "dk-0265", "dk-0101"


def moved(sequence=5):
    return a_contact(sequence=sequence, municipality=THERE, state="registered")


def test_the_messages_of_a_case_move_with_it(app, platform):  # noqa: F811
    platform.tell(a_programme_applied(), a_case_opened(), a_contact(), a_registration())
    (message,) = platform.messages()

    platform.tell(moved())

    seen = {}
    for code in (HERE, THERE):
        lead = signed_in(app, Role.LEAD, code)
        listed = lead.get("/notifications/api/messages").json["items"]
        shown = lead.get(f"/notifications/messages/{message.message_id}").status_code
        seen[code] = len(listed), shown, lead.get("/notifications/cases/case-1").status_code
    assert seen == {HERE: (0, 403, 403), THERE: (1, 200, 200)}


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
def test_a_receipt_is_where_the_case_is_in_whatever_order_the_events_come(platform, order):
    events = [a_registration(), moved(), a_progress("registered", sequence=6, municipality=THERE)]

    platform.tell(a_programme_applied(), *(events[number] for number in order))

    assert [message.municipality for message in platform.messages(purpose="registration_receipt")] == [THERE]


def test_a_move_brings_no_second_receipt(platform):
    platform.at(MONDAY).tell(a_programme_applied(), a_case_opened(), a_contact(), a_registration())

    platform.tell(moved(), a_progress("registered", sequence=6, municipality=THERE))

    assert [message.purpose for message in platform.messages()] == ["registration_receipt"]
