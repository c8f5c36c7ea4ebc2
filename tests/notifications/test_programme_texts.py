"""A programme's own texts: whatever they may mention is filled when the message is really made."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default as new_policy
from pathlib import Path

import pytest

from frist_contracts.texts import MESSAGE_PLACEHOLDERS, PLACEHOLDER, STEP_PLACEHOLDERS
from services.notifications.channels.texts import own_texts
from services.notifications.channels.wording import _MAKERS as MAKERS
from services.notifications.domain.purposes import LADDER, PURPOSES, SIGN_IN
from tests.notifications.builders import (
    MONDAY,
    a_booking,
    a_cancellation,
    a_case_opened,
    a_contact,
    a_link_request,
    a_miss,
    a_move,
    a_programme_applied,
    a_registration,
    a_survey,
    a_waiting,
    an_unplacing,
)

PROGRAMMES = Path(__file__).parents[2] / "programmes"
YESTERDAY = MONDAY - timedelta(days=1)
MENTIONED = {**MESSAGE_PLACEHOLDERS, "ladder_first": STEP_PLACEHOLDERS}
BROUGHT_ABOUT_BY = {
    "registration_receipt": [a_registration()],
    "link_sent_again": [a_link_request()],
    "waiting": [a_waiting()],
    "unplaced": [an_unplacing()],
    "booking_confirmed": [a_booking()],
    "booking_moved": [a_booking(), a_move()],
    "booking_cancelled": [a_booking(), a_cancellation()],
    "booking_missed": [a_miss()],
    "session_reminder": [a_booking()],
    "survey_invitation": [a_survey()],
    "ladder_first": [],
}


def mentioning(names):
    """One text for each language that mentions all of them in each of its parts, each by its name."""
    words = "; ".join(f"{name} is {{{name}}}" for name in sorted(names))
    return {language: {"subject": words, "body": words, "sms": words} for language in ("da", "sv", "en")}


def words_in(entry, catcher):
    if entry["kind"] == "sms":
        return entry["text"]
    mail = message_from_bytes(catcher.store.content(entry), policy=new_policy)
    return mail["Subject"] + mail.get_body(("plain",)).get_content()


def test_what_texts_may_mention_is_documented():
    documented = set(PLACEHOLDER.findall((PROGRAMMES / "README.md").read_text(encoding="utf-8")))

    assert documented == frozenset().union(*MENTIONED.values())


def test_notifications_fills_what_texts_may_mention_and_the_link_for_staff():
    assert set(MAKERS) == frozenset().union(*MENTIONED.values()) | {"sign_in_link"}


def test_every_message_to_organisations_has_a_text_that_a_programme_may_replace():
    assert set(MESSAGE_PLACEHOLDERS) == set(PURPOSES) - {SIGN_IN, LADDER}


@pytest.mark.parametrize("key", MESSAGE_PLACEHOLDERS)
def test_the_platforms_own_text_keeps_to_what_a_programmes_may_mention(key):
    mentioned = {
        name for text in own_texts(key).values() for part in text.values() for name in PLACEHOLDER.findall(part)
    }

    assert mentioned <= MESSAGE_PLACEHOLDERS[key]


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("key", MENTIONED)
def test_what_a_text_may_mention_is_filled_in_the_message_that_is_sent(platform, catcher, key, channel):
    texts = {key: mentioning(MENTIONED[key])}
    known = [a_case_opened(at=YESTERDAY), a_contact(at=YESTERDAY, channel=channel, phone="+4520301020")]
    platform.at(YESTERDAY).tell(a_programme_applied(texts=texts), *known).at(MONDAY).tell(*BROUGHT_ABOUT_BY[key])

    platform.at(MONDAY + timedelta(hours=1)).plan().send(catcher.outlets).at(MONDAY + timedelta(days=9)).plan()
    platform.send(catcher.outlets)

    assert key in {row.text for row in platform.messages(state="sent")}
    written = [words for entry in catcher.caught if "organisation_name is" in (words := words_in(entry, catcher))]
    assert written
    assert all("{" not in words and "link is https://" in words for words in written)
