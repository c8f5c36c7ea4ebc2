"""Mail addresses beyond ASCII: a domain has a form that every server takes, a name before the @ has none."""

import pytest

from frist_contracts import MessageFailed, MessageSent
from services.notifications.channels.errors import AddressRefusedError
from services.notifications.channels.mail import sendable
from tests.notifications.builders import a_case_opened, a_contact, a_programme_applied, a_registration


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("info@example.dk", "info@example.dk"),
        ("Info@søborgbageri.dk", "Info@xn--sborgbageri-ggb.dk"),
        ("info@post.räksmörgås.se", "info@post.xn--rksmrgs-5wao1o.se"),
    ],
)
def test_a_domain_is_put_into_ascii(address, sent_to):
    assert sendable(address) == sent_to


@pytest.mark.parametrize("address", ["søren@example.dk", "info@" + "ø" * 64 + ".dk", "info@ø..dk", "info@\udce6.dk"])
def test_an_address_without_such_a_form_is_a_bad_one(address):
    with pytest.raises(AddressRefusedError, match="mail_address_not_sendable"):
        sendable(address)


def test_the_mail_goes_to_the_domain_in_ascii(platform, catcher):
    platform.tell(a_programme_applied(), a_case_opened(), a_contact(email="info@søborgbageri.dk"), a_registration())

    platform.send(catcher.outlets)

    assert [caught["to"] for caught in catcher.caught] == ["info@xn--sborgbageri-ggb.dk"]


def test_who_has_a_bad_one_is_told_on_the_next_channel(platform, catcher):
    contact = a_contact(email="søren@example.dk", phone="+4520301020")
    platform.tell(a_programme_applied(), a_case_opened(), contact, a_registration())

    platform.send(catcher.outlets)

    assert [told["channel"] for told in platform.told(MessageFailed)] == ["email"]
    assert [told["channel"] for told in platform.told(MessageSent)] == ["sms"]
