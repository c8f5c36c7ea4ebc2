"""The catcher: what it keeps, what it refuses, and its pages."""

import json
import smtplib

import pytest
import requests

from operations.catcher.store import CaughtStore
from services.notifications.channels.errors import AddressRefusedError, OutletDownError
from services.notifications.channels.sms import SmsGateway
from tests.notifications.builders import a_booking, a_case_opened, a_contact, a_programme_applied


@pytest.fixture
def told(platform, catcher):
    """A booking was confirmed by mail."""
    platform.tell(a_programme_applied(), a_case_opened(), a_contact(), a_booking()).send(catcher.outlets)
    return catcher


def page(catcher, path):
    return requests.get(f"http://127.0.0.1:{catcher.http_port}{path}", timeout=5)


def test_the_index_can_be_followed_like_a_log(told, tmp_path):
    lines = [json.loads(line) for line in (tmp_path / "caught" / "index.jsonl").read_text().splitlines()]

    assert [(line["kind"], line["purpose"], line["subject"]) for line in lines] == [
        ("mail", "booking_confirmed", "I har fået en tid 12/9 kl. 12.00")
    ]
    assert (tmp_path / "caught" / lines[0]["path"]).read_bytes().startswith(b"Content-Type: multipart/alternative")


def test_what_was_caught_is_still_there_after_a_restart(told, tmp_path):
    again = CaughtStore(tmp_path / "caught")
    again.add_sms("+4520301020", "hej", "reference-1")

    assert [entry["number"] for entry in again.newest()] == [2, 1]
    assert again.add_sms("+4520301020", "hej", "reference-1") is False
    again.close()


def test_the_pages_list_and_show_a_mail_with_its_calendar_entry(told):
    listed, shown = page(told, "/"), page(told, "/messages/1")

    assert "I har fået en tid 12/9 kl. 12.00" in listed.text
    assert "METHOD:REQUEST" in shown.text
    assert "default-src 'self'" in shown.headers["Content-Security-Policy"]
    assert page(told, "/?q=booking+nothing-like-it").text.count("<td>mail</td>") == 0


def test_addresses_that_ask_for_it_are_refused(catcher):
    with (
        smtplib.SMTP("127.0.0.1", catcher.smtp_port) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        server.sendmail("a@example.org", ["refused.b@example.org"], b"Subject: x\r\n\r\nx")

    assert refused.value.recipients["refused.b@example.org"][0] == 550


def test_an_sms_is_kept_once_for_each_reference(catcher):
    for _ in range(2):
        catcher.outlets.ways[0].texter.send("+4520301020", "hej", "reference-1")

    assert [entry["text"] for entry in catcher.caught] == ["hej"]


def test_a_number_that_is_not_in_use_is_refused_for_good(catcher):
    with pytest.raises(AddressRefusedError):
        catcher.outlets.ways[0].texter.send("+4520300000", "hej", "reference-1")


def test_a_gateway_that_does_not_know_us_is_an_outage_and_not_a_bad_number(catcher):
    stranger = SmsGateway(f"http://127.0.0.1:{catcher.http_port}/sms", "wrong", "Frist", "https://frist.example", 5)

    with pytest.raises(OutletDownError):
        stranger.send("+4520301020", "hej", "reference-1")
    stranger.close()


@pytest.mark.parametrize(
    "body", [b"{}", b"not json", b'{"sender": "F", "recipients": "x", "text": "t", "reference": "r"}']
)
def test_a_malformed_sms_is_refused_and_kept_nowhere(catcher, body):
    headers = {"Authorization": "Bearer sms-secret", "Content-Type": "application/json"}

    answer = requests.post(f"http://127.0.0.1:{catcher.http_port}/sms", data=body, headers=headers, timeout=5)

    assert answer.status_code in {400, 422}
    assert catcher.caught == []
