"""A sender hands over several messages at once, and to each case in order."""

import asyncio

import pytest

from services.notifications.channels.outlets import Outlets, WayOut
from services.notifications.handlers.claiming import claim
from services.notifications.handlers.sending import send_lane
from tests.notifications.builders import (
    a_booking,
    a_case_opened,
    a_contact,
    a_programme_applied,
    a_registration,
)
from tests.notifications.conftest import LINKS
from tests.notifications.smtp_server import Server

TOGETHER = 2


class WaitsForCompany:
    """Takes a mail only when another is being handed over at the same moment."""

    def __init__(self):
        self.company = asyncio.Barrier(TOGETHER)
        self.taken = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        async with asyncio.timeout(10):
            await self.company.wait()
        self.taken.append(envelope.rcpt_tos[0])
        return "250 OK"


@pytest.fixture
def picky():
    """A server that takes mails by twos."""
    server = Server(WaitsForCompany())
    yield server
    server.stop()


def test_a_slow_server_is_given_several_mails_at_once(platform, picky):
    cases = [f"case-{number}" for number in range(1, TOGETHER + 1)]
    ways = [WayOut(picky.mailer(), None) for _ in range(TOGETHER)]
    platform.tell(a_programme_applied())
    for case in cases:
        platform.tell(a_case_opened(case), a_contact(case), a_registration(case))

    send_lane(platform.database, "urgent", Outlets(ways, "frist@example.org", LINKS))
    for way in ways:
        way.mailer.close()

    assert sorted(picky.handler.taken) == sorted(f"{case}@example.dk" for case in cases)
    assert [row.state for row in platform.messages()] == ["sent", "sent"]


def test_what_one_case_gets_is_handed_over_in_order(platform, catcher):
    cases = [f"case-{number}" for number in range(1, 9)]
    platform.tell(a_programme_applied())
    for case in cases:
        platform.tell(a_case_opened(case), a_contact(case), a_registration(case), a_booking(case))

    with platform.database.begin() as uow:
        claimed = claim(uow, uow.messages.due("urgent", 100), "one run", frozenset({"email"}), lambda known: known)
    outcomes = catcher.outlets.send_all(claimed.parcels, 20)

    assert [outcome.parcel for outcome in outcomes] == claimed.parcels
    for case in cases:
        wanted = [parcel.message.message_id for parcel in claimed.parcels if parcel.message.case_id == case]
        caught = [each["message_id"] for each in catcher.caught if each["to"] == f"{case}@example.dk"]
        assert len(caught) == 2
        assert caught == [f"<{message_id}@example.org>" for message_id in wanted]
