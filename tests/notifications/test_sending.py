"""What is sent, on which channel, and what becomes of what cannot be sent."""

import threading
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as new_policy

import psycopg
import pytest

from frist_contracts import MessageFailed, MessageSent, MessageWithheld, NoAddressLeft
from messaging.database import Database
from services.notifications.handlers.claiming import claim
from services.notifications.handlers.sending import record, release_abandoned, send_lane
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork
from tests.notifications.builders import (
    MONDAY,
    a_booking,
    a_cancellation,
    a_case_opened,
    a_closing,
    a_contact,
    a_miss,
    a_programme_applied,
    a_registration,
    a_sign_in,
    a_survey,
    a_waiting,
    an_attendance,
    an_erasure,
)


def mail_of(catcher, number):
    return message_from_bytes(catcher.store.content(catcher.store.entry(number)), policy=new_policy)


def test_a_registration_is_answered_with_the_organisations_own_link(known, catcher):
    known.tell(a_registration()).send(catcher.outlets)

    (caught,) = catcher.caught
    assert caught["purpose"] == "registration_receipt"
    assert caught["to"] == "case-1@example.dk"
    assert caught["links"] == [
        f"https://frist.example/registration/case/{catcher.outlets.links.token('case', 'case-1')}"
    ]


def test_a_sent_message_is_told_and_counted_once(known, catcher):
    known.tell(a_registration()).send(catcher.outlets).send(catcher.outlets)

    (told,) = known.told(MessageSent)
    assert (told["purpose"], told["channel"], told["case_id"]) == ("registration_receipt", "email", "case-1")
    assert len(catcher.caught) == 1


def test_what_was_handed_over_is_recorded_once_a_lock_is_let_go(known, catcher):
    """Were it given up, its claim would run out and everybody be written to again."""
    known.tell(a_registration())
    url = known.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    hasty = Database("notifications", url, NotificationsUnitOfWork, "driven", lock_seconds=0.1)

    class HeldUp:
        can_text = True

        def send_all(self, parcels, seconds):
            outcomes = catcher.outlets.send_all(parcels, seconds)
            somebody = psycopg.connect(url)
            somebody.execute("LOCK TABLE messages")
            threading.Timer(0.5, somebody.close).start()
            return outcomes

    send_lane(hasty, "urgent", HeldUp())
    hasty.dispose()

    assert [message.state for message in known.messages()] == ["sent"]


def test_no_text_and_no_token_is_at_rest(known, catcher):
    token = catcher.outlets.links.token("case", "case-1")
    known.tell(a_registration(), a_booking()).send(catcher.outlets)

    rows = "".join(str(row) for row in known.messages())

    assert token not in rows
    assert "case-1@example.dk" not in rows
    assert "Tak" not in rows


def test_times_are_local_and_in_the_organisations_language(known, catcher):
    known.tell(a_contact(sequence=3, language="sv"), a_booking()).send(catcher.outlets)

    text = mail_of(catcher, 1).get_payload()[0].get_content()

    assert "Torsdag den 12 september 2013 kl. 12.00 till 12.45" in text


@pytest.mark.parametrize(
    ("cancelled_by", "why"),
    [("organisation", "I har selv meldt afbud."), ("staff", "Vi har aflyst tiden på jeres vegne.")],
)
def test_a_cancellation_says_who_cancelled(known, catcher, cancelled_by, why):
    known.tell(a_cancellation(cancelled_by=cancelled_by)).send(catcher.outlets)

    assert why in mail_of(catcher, 1).get_payload()[0].get_content()


def test_nobody_is_told_to_have_missed_what_was_corrected_at_once(known, catcher):
    known.tell(a_miss(sequence=2), an_attendance(sequence=3)).at(MONDAY + timedelta(hours=6)).send(catcher.outlets)

    assert catcher.caught == []
    assert [told["reason"] for told in known.told(MessageWithheld)] == ["superseded"]


def test_a_wait_that_ends_in_a_moment_is_not_told(known, catcher):
    known.tell(a_waiting(sequence=1), a_booking(sequence=2)).send(catcher.outlets)
    known.at(MONDAY + timedelta(hours=1)).send(catcher.outlets)

    assert [caught["purpose"] for caught in catcher.caught] == ["booking_confirmed"]
    assert [told["reason"] for told in known.told(MessageWithheld)] == ["superseded"]


def test_a_wait_that_lasts_is_told(known, catcher):
    known.tell(a_waiting()).at(MONDAY + timedelta(minutes=20)).send(catcher.outlets)

    assert [caught["purpose"] for caught in catcher.caught] == ["waiting"]


def test_confirmations_go_out_at_night(known, catcher):
    night = MONDAY.replace(hour=21)
    known.at(night).tell(a_booking(at=night)).send(catcher.outlets)

    assert len(catcher.caught) == 1


def test_a_preferred_phone_gets_one_short_sms(known, catcher):
    known.tell(a_contact(sequence=4, phone="+4520301020", channel="sms"), a_booking()).send(catcher.outlets)

    (caught,) = catcher.caught
    assert (caught["kind"], caught["to"]) == ("sms", "+4520301020")
    assert len(caught["text"]) <= 160
    assert "12/9 kl. 12.00" in caught["text"]


def test_a_refused_mail_address_is_followed_by_an_sms(known, catcher):
    known.tell(a_contact(sequence=4, email="refused.one@example.dk", phone="+4520301020"), a_registration(sequence=5))
    known.send(catcher.outlets)

    assert [caught["kind"] for caught in catcher.caught] == ["sms"]
    assert [told["channel"] for told in known.told(MessageFailed)] == ["email"]
    assert [told["channel"] for told in known.told(MessageSent)] == ["sms"]


def test_a_refused_mail_address_without_phone_becomes_a_letter(known, catcher):
    known.tell(a_contact(sequence=4, email="refused.one@example.dk"), a_registration(sequence=5)).send(catcher.outlets)

    (row,) = known.messages()
    assert (row.state, row.channel) == ("planned", "letter")


def test_a_bad_address_is_not_tried_again_until_it_is_changed(known, catcher):
    known.tell(a_contact(sequence=4, email="refused.one@example.dk"), a_registration(sequence=5)).send(catcher.outlets)
    known.tell(a_survey(at=MONDAY - timedelta(minutes=1))).send(catcher.outlets)

    known.tell(a_contact(sequence=6), a_survey(survey_id="survey-2")).send(catcher.outlets)

    assert [row.channel for row in known.messages(purpose="survey_invitation")] == ["letter", "email"]
    assert len(known.told(MessageFailed)) == 1


def test_a_bad_address_stays_bad_when_another_one_is_changed(known, catcher):
    known.tell(a_contact(sequence=4, email="refused.one@example.dk"), a_registration(sequence=5)).send(catcher.outlets)

    known.tell(a_contact(sequence=6, email="refused.one@example.dk", phone="+4520301020"), a_survey())
    known.send(catcher.outlets)

    assert [row.channel for row in known.messages(purpose="survey_invitation")] == ["sms"]
    assert len(known.told(MessageFailed)) == 1


def test_who_has_no_address_at_all_is_unreachable_and_told_once(known, catcher):
    known.tell(a_contact(sequence=4, email=None, address=None), a_registration(sequence=5), a_booking()).send(
        catcher.outlets
    )

    assert {row.state for row in known.messages()} == {"failed"}
    assert [told["case_id"] for told in known.told(NoAddressLeft)] == ["case-1"]


def test_a_temporary_refusal_is_tried_again_later(known, catcher):
    known.tell(a_contact(sequence=4, email="later.one@example.dk"), a_registration(sequence=5)).send(catcher.outlets)

    (row,) = known.messages()
    assert (row.state, row.attempts, row.reason) == ("planned", 1, "mail_recipient_451")
    assert row.not_before is not None


def test_a_server_that_is_away_marks_no_address_as_bad(known, catcher):
    for way in catcher.outlets.ways:
        way.mailer._server = type(way.mailer._server)("127.0.0.1", 1, None, None, "")

    known.tell(a_registration()).send(catcher.outlets)

    (row,) = known.messages()
    assert (row.state, row.reason, row.attempts) == ("planned", "mail_server_away", 0), "an outage is no try"
    with known.database.begin() as uow:
        assert uow.recipients.get("case-1").contact.usable == {"email", "letter"}


def test_a_contact_that_comes_late_is_waited_for(platform, catcher):
    platform.tell(a_programme_applied(), a_registration()).send(catcher.outlets)

    (row,) = platform.messages()
    assert (row.state, row.reason) == ("planned", None)


def test_what_a_dead_sender_claimed_is_sent_again_with_the_same_message_id(known, catcher):
    known.tell(a_registration())
    with known.database.begin() as uow:
        due = uow.messages.due("urgent", 10)
        claimed = claim(uow, due, "a-sender-that-dies", frozenset({"email"}), lambda recipient: recipient)
    catcher.outlets.send_all(claimed.parcels, 10)

    with known.database.begin() as uow:
        uow.connection.exec_driver_sql("UPDATE messages SET claimed_until = clock_timestamp() - interval '1 second'")
        release_abandoned(uow)
    known.send(catcher.outlets)

    first, second = catcher.caught
    assert first["message_id"] == second["message_id"]
    assert len(known.told(MessageSent)) == 1


def test_a_sender_that_lost_its_claim_records_nothing(known, catcher):
    known.tell(a_registration())
    with known.database.begin() as uow:
        claimed = claim(uow, uow.messages.due("urgent", 10), "slow", frozenset({"email"}), lambda recipient: recipient)
    outcomes = catcher.outlets.send_all(claimed.parcels, 10)
    with known.database.begin() as uow:
        uow.connection.exec_driver_sql("UPDATE messages SET claim = 'another'")

    with known.database.begin() as uow:
        record(uow, outcomes, "slow")

    assert [row.state for row in known.messages()] == ["sending"]
    assert known.told(MessageSent) == []


def test_urgent_messages_do_not_wait_for_bulk(known, catcher):
    known.tell(a_survey(), a_registration())

    send_lane(known.database, "urgent", catcher.outlets)

    assert [caught["purpose"] for caught in catcher.caught] == ["registration_receipt"]


def test_staff_get_their_link_and_the_address_is_forgotten(platform, catcher):
    platform.tell(a_sign_in()).send(catcher.outlets)

    (caught,) = catcher.caught
    (row,) = platform.messages()
    assert caught["links"][0].startswith("https://frist.example/registration/sign-in/")
    assert (row.state, row.parameters) == ("sent", {})


def test_a_sign_in_link_that_is_too_late_is_not_sent(platform, catcher):
    platform.tell(a_sign_in()).at(MONDAY + timedelta(minutes=11)).send(catcher.outlets)

    (row,) = platform.messages()
    assert (catcher.caught, row.state, row.reason) == ([], "withheld", "useless_after")


def test_surveys_are_for_the_fulfilled_too_but_not_for_who_withdrew(known, catcher):
    known.tell(a_case_opened("case-2"), a_contact("case-2"), a_survey("case-1"), a_survey("case-2"))
    known.tell(a_closing("fulfilled", "case-1"), a_closing("withdrawn", "case-2")).send(catcher.outlets)

    assert [caught["to"] for caught in catcher.caught] == ["case-1@example.dk"]


def test_an_erased_case_leaves_nothing(known, catcher):
    known.tell(a_registration(), a_booking(), a_survey()).send(catcher.outlets)
    known.tell(a_waiting(sequence=7), an_erasure(), a_contact(sequence=21), a_survey(survey_id="survey-2"))

    everything = dump(known.database)

    assert "Bøgely" not in everything
    assert "case-1@example.dk" not in everything
    assert "Mette" not in everything
    assert {row.state for row in known.messages()} == {"sent", "withheld"}


def dump(database):
    with database.begin() as uow:
        tables = (
            uow.connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            .scalars()
            .all()
        )
        return "".join(str(uow.connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in tables)
