"""Whoever is refused loses no address that works: neither by our own fault, nor by what one message says."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug import Response
from werkzeug.serving import make_server

from frist_contracts import MessageFailed, MessageSent
from services.notifications.channels.errors import AddressRefusedError, NotLetThroughError, OutletDownError
from services.notifications.channels.outlets import ENOUGH_REFUSALS, WayOut
from services.notifications.channels.sms import SmsGateway
from services.notifications.handlers import take_report
from tests.notifications.builders import MONDAY, a_booking, a_case_opened, a_contact, a_registration
from tests.notifications.smtp_server import Saying, Server

NO_OTHER = {"email": None, "address": None}


@pytest.fixture
def outlets(catcher):
    """Ways out to a mail server that refuses what asks for it, and to the catcher's SMS gateway."""
    server = Server(Saying(catcher.store))
    ways = [WayOut(server.mailer(), each.texter) for each in catcher.outlets.ways[:1]]
    yield replace(catcher.outlets, ways=ways)
    ways[0].mailer.close()
    server.stop()


def usable(platform, case_id="case-1"):
    with platform.database.begin() as uow:
        return uow.recipients.get(case_id).contact.usable


def registered(platform, *emails):
    """A case for each address, case-2 onwards, to be told of its registration in this order."""
    for number, email in enumerate(emails, 2):
        case_id = f"case-{number}"
        registration = a_registration(case_id, at=MONDAY + timedelta(seconds=number - 60))
        platform.tell(a_case_opened(case_id), a_contact(case_id, email=email), registration)
    return platform


@pytest.mark.parametrize("answer", ["554-5-7-1", "550-5-4-5", "535-5-7-8"])
def test_who_refuses_us_makes_no_address_a_bad_one_and_is_asked_again(known, outlets, answer):
    known.tell(a_contact(sequence=4, email=f"{answer}.one@example.dk"), a_registration(sequence=5)).send(outlets)

    (row,) = known.messages()
    assert (row.state, row.attempts, row.reason) == ("planned", 0, f"mail_recipient_{answer[:3]}")
    assert row.not_before is not None
    assert usable(known) == {"email", "letter"}


def test_one_that_is_not_let_through_holds_up_nobody(known, outlets):
    registered(known, "554-5-7-1.one@example.dk", "two@example.dk").send(outlets)

    assert {row.case_id: row.state for row in known.messages()} == {"case-2": "planned", "case-3": "sent"}


def test_after_many_in_a_row_the_server_is_left_alone(known, outlets):
    refused = [f"554-5-7-1.{number}@example.dk" for number in range(ENOUGH_REFUSALS)]
    registered(known, *refused, "one-more@example.dk").send(outlets)

    assert {row.state for row in known.messages()} == {"planned"}


def test_what_a_mail_says_is_refused_without_its_address(known, outlets, catcher):
    contact = a_contact(sequence=4, email="mail-554-5-7-1.one@example.dk", phone="+4520301020")
    known.tell(contact, a_registration(sequence=5)).send(outlets)

    mail, sms = sorted(known.messages(), key=lambda row: row.channel)
    assert (mail.state, mail.reason, sms.state, sms.follows) == ("failed", "mail_content_554", "sent", mail.message_id)
    assert [told["channel"] for told in known.told(MessageFailed)] == ["email"]
    assert [told["channel"] for told in known.told(MessageSent)] == ["sms"]
    assert usable(known) == {"email", "sms", "letter"}


def test_a_mail_that_is_refused_where_there_is_no_other_way_is_not_tried_for_ever(known, outlets):
    contact = a_contact(sequence=4, email="mail-554-5-7-1.one@example.dk", address=None)
    known.tell(contact, a_registration(sequence=5)).send(outlets)

    assert [row.state for row in known.messages()] == ["failed"]
    assert usable(known) == {"email"}


@pytest.mark.parametrize(
    ("others", "channels"), [({}, ["sms", "email"]), ({"email": None}, ["sms", "letter"]), (NO_OTHER, ["sms"])]
)
def test_an_sms_that_expires_goes_another_way_and_the_phone_is_kept(known, catcher, others, channels):
    known.tell(a_contact(sequence=4, phone="+4520301020", channel="sms", **others), a_booking()).send(catcher.outlets)
    (sms,) = known.messages()

    with known.database.begin() as uow:
        take_report(sms.message_id, "expired", uow)
    known.send(catcher.outlets)

    assert [row.channel for row in known.messages()] == channels
    assert {row.reason for row in known.messages(channel="sms")} == {"sms_expired"}
    assert "sms" in usable(known)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (422, AddressRefusedError),
        *((status, OutletDownError) for status in (401, 402, 403, 404, 429)),
        *((status, NotLetThroughError) for status in (400, 409, 500, 503)),
    ],
)
def test_a_gateway_speaks_of_the_number_only_where_it_says_so(status, error):
    server = make_server("127.0.0.1", 0, Response(status=status))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    gateway = SmsGateway(f"http://127.0.0.1:{server.port}/sms", "secret", "Frist", "https://frist.example/reports", 5)

    try:
        with pytest.raises(error, match=str(status)):
            gateway.send("+4520301020", "hej", "reference-1")
    finally:
        gateway.close()
        server.shutdown()
        thread.join()
        server.server_close()
