"""A message that is rightly not sent follows from the newest event about its case, whatever else came in the batch."""

from datetime import timedelta

import pytest

from frist_contracts import MessageWithheld
from services.notifications.subscriptions import NotificationsSubscriptions
from tests.notifications.builders import (
    MONDAY,
    a_booking,
    a_case_opened,
    a_closing,
    a_contact,
    a_programme_applied,
    a_survey,
    a_waiting,
    an_erasure,
)
from tests.support.batches import what_followed

WITHHELD = MessageWithheld.type_name()
CASES = ("case-1", "case-2")


def known(platform):
    """Two cases, of which nothing has been told yet."""
    platform.at(MONDAY - timedelta(days=20)).tell(a_programme_applied())
    return platform.tell(*map(a_case_opened, CASES), *map(a_contact, CASES)).at(MONDAY)


def waiting(platform):
    return known(platform).tell(*map(a_waiting, CASES))


def on_the_ladder(platform):
    return known(platform).plan()


def erased(platform):
    return known(platform).tell(*map(an_erasure, CASES))


@pytest.mark.parametrize(
    ("given", "batch"),
    [
        (waiting, [a_booking("case-2"), a_booking("case-1"), a_waiting("case-3")]),
        (on_the_ladder, [a_closing(case_id="case-2"), a_closing(case_id="case-1"), a_case_opened("case-3")]),
        (erased, [a_survey("case-2", "survey-2"), a_survey("case-1"), a_survey("case-3", "survey-3")]),
    ],
)
def test_what_is_withheld_follows_from_the_event_about_its_case(platform, given, batch):
    given(platform)

    followed = what_followed(platform.database, NotificationsSubscriptions, batch)

    assert {(case, cause) for kind, case, cause in followed if kind == WITHHELD} == {("case-2", 0), ("case-1", 1)}
