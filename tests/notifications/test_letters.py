"""Letters: printed once a business day with an index of addresses, and what happens when one comes back."""

import csv
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from frist_contracts import MessageFailed, MessageSent, NoAddressLeft
from services.notifications.channels.outlets import WayOut
from services.notifications.domain.refusals import MessageUnknown, NotSentByLetter
from services.notifications.handlers import forget_case, letters, return_letter
from services.notifications.handlers.letters import tidy_letters, write_files
from tests.notifications.builders import (
    MONDAY,
    a_booking,
    a_case_opened,
    a_contact,
    a_programme_applied,
    a_registration,
    a_session,
    an_erasure,
)
from tests.support.waiting import eventually, somebody_waits

TUESDAY_MORNING = datetime(2013, 9, 3, 6, 0, tzinfo=UTC)


@pytest.fixture
def on_paper(platform, catcher):
    """Two organisations that can only be reached by letter, registered on Monday at noon."""
    platform.tell(a_programme_applied())
    for case_id, name in (("case-1", "Bøgely Smedje ApS"), ("case-2", "Åkjær & Sønner, Łódź")):
        contact = a_contact(case_id, email=None, channel="letter", organisation_name=name)
        platform.tell(a_case_opened(case_id), contact, a_registration(case_id))
    return platform.send(catcher.outlets)


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(pdf).pages)


def the_letter(platform, case_id="case-1"):
    return platform.messages(case_id=case_id, purpose="registration_receipt")[0]


def give_back(platform, message_id):
    with platform.database.begin() as uow:
        return_letter(message_id, uow)


def test_letters_wait_for_the_next_business_days_morning(on_paper, letters_folder):
    on_paper.print().at(TUESDAY_MORNING - timedelta(minutes=1)).print()
    assert {row.state for row in on_paper.messages()} == {"planned"}

    on_paper.at(TUESDAY_MORNING).print().print()

    assert {(row.state, row.channel) for row in on_paper.messages()} == {("sent", "letter")}
    assert sorted(path.name for path in letters_folder.iterdir()) == [
        "dk-digital-post-2013-2013-09-03-001.csv",
        "dk-digital-post-2013-2013-09-03-001.pdf",
    ]


def test_who_prefers_sms_gets_a_letter_where_nobody_can_text(platform, catcher):
    contact = a_contact(email=None, phone="+4520301020", channel="sms")
    platform.tell(a_programme_applied(), a_case_opened(), contact, a_registration())
    without_gateway = replace(catcher.outlets, ways=[WayOut(catcher.outlets.ways[0].mailer, None)])

    platform.send(without_gateway).at(TUESDAY_MORNING).print().send(without_gateway)

    assert [(row.state, row.channel) for row in platform.messages()] == [("sent", "letter")]


@pytest.mark.parametrize(
    ("days", "facts", "channel"),
    [
        (1, {"email": None, "phone": "+4520301020"}, "sms"),
        (1, {}, "email"),
        (1, {"email": None}, "letter"),
        (10, {"phone": "+4520301020"}, "letter"),
    ],
)
def test_what_a_letter_would_tell_after_the_session_goes_a_faster_way(known, catcher, days, facts, channel):
    booking = a_booking(session=a_session(MONDAY + timedelta(days=days)))
    known.tell(a_contact(sequence=4, channel="letter", **facts), booking).send(catcher.outlets)

    assert [row.channel for row in known.messages(purpose="booking_confirmed")] == [channel]


def test_nothing_is_printed_at_weekends(on_paper, letters_folder):
    on_paper.at(datetime(2013, 9, 7, 10, tzinfo=UTC)).print()

    assert not letters_folder.exists()


def test_a_letter_says_what_it_must_and_names_its_reference(on_paper, letters_folder, catcher):
    on_paper.at(TUESDAY_MORNING).print()

    text = text_of(letters_folder / "dk-digital-post-2013-2013-09-03-001.pdf")

    assert "Bøgely Smedje ApS\nÅse Bøgely\nSøndergade 3\n4000 Roskilde" in "\n".join(
        line.strip() for line in text.splitlines()
    )
    assert "Åkjær & Sønner, Łódź" in text
    assert f"https://frist.example/registration/case/{catcher.outlets.links.token('case', 'case-1')}" in text
    assert the_letter(on_paper).message_id in text


def test_the_index_leads_from_addresses_to_pages(on_paper, letters_folder):
    on_paper.at(TUESDAY_MORNING).print()

    with (letters_folder / "dk-digital-post-2013-2013-09-03-001.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert sorted(int(row["page"]) for row in rows) == [1, 2]
    assert {row["organisation"] for row in rows} == {"Bøgely Smedje ApS", "Åkjær & Sønner, Łódź"}
    assert {row["reference"] for row in rows} == {row.message_id for row in on_paper.messages()}


def test_what_somebody_calls_themselves_is_no_formula_in_the_index(platform, catcher, letters_folder):
    written = {"organisation_name": '=HYPERLINK("http://x")', "contact_name": "+SUM(1)", "address": "@cmd"}
    contact = a_contact(email=None, channel="letter", **written)
    platform.tell(a_programme_applied(), a_case_opened(), contact, a_registration()).send(catcher.outlets)

    platform.at(TUESDAY_MORNING).print()

    with (letters_folder / "dk-digital-post-2013-2013-09-03-001.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert [row[name] for name in ("organisation", "contact", "address")] == [f"'{text}" for text in written.values()]


def test_each_letter_is_told_as_sent_once(on_paper):
    on_paper.at(TUESDAY_MORNING).print().print()

    assert [told["channel"] for told in on_paper.told(MessageSent)] == ["letter", "letter"]


def test_a_returned_letter_goes_to_the_address_that_is_left(on_paper, catcher):
    on_paper.at(TUESDAY_MORNING).print().at(TUESDAY_MORNING + timedelta(days=3))
    on_paper.tell(a_contact(sequence=7, email=None, phone="+4520301020", channel="letter"))

    give_back(on_paper, the_letter(on_paper).message_id)
    on_paper.send(catcher.outlets)

    old, new = on_paper.messages(case_id="case-1")
    assert (old.state, old.reason, new.state, new.channel) == ("failed", "returned", "sent", "sms")
    assert new.follows == old.message_id


def test_a_returned_letter_with_nothing_left_says_so_once(on_paper):
    on_paper.at(TUESDAY_MORNING).print()

    for _ in range(2):
        give_back(on_paper, the_letter(on_paper).message_id)

    assert [told["reason"] for told in on_paper.told(MessageFailed)] == ["returned"]
    assert [told["case_id"] for told in on_paper.told(NoAddressLeft)] == ["case-1"]


def test_a_letter_to_an_address_changed_since_says_nothing_of_the_new_one(on_paper, catcher):
    on_paper.at(TUESDAY_MORNING).print().at(TUESDAY_MORNING + timedelta(days=3))
    on_paper.tell(a_contact(sequence=7, email=None, channel="letter", address="Ny Vej 1"))

    give_back(on_paper, the_letter(on_paper).message_id)
    on_paper.send(catcher.outlets)

    assert on_paper.told(NoAddressLeft) == []
    assert [row.channel for row in on_paper.messages(case_id="case-1", state="planned")] == ["letter"]


def test_only_a_letter_can_come_back(on_paper, catcher):
    on_paper.tell(a_contact(sequence=7), a_booking()).send(catcher.outlets)
    (mail,) = on_paper.messages(purpose="booking_confirmed")

    with pytest.raises(NotSentByLetter):
        give_back(on_paper, mail.message_id)
    with pytest.raises(MessageUnknown):
        give_back(on_paper, "00000000-0000-0000-0000-000000000000")


def test_an_erased_organisations_page_is_taken_out_of_the_batch(on_paper, letters_folder):
    on_paper.at(TUESDAY_MORNING).print().tell(an_erasure("case-2")).print()

    text = text_of(letters_folder / "dk-digital-post-2013-2013-09-03-001.pdf")

    assert "Bøgely" in text
    assert "Åkjær" not in text


@pytest.fixture
def meanwhile(monkeypatch):
    """Something to be done once, when the files are written and nothing is recorded of them yet."""
    waiting = []

    def written(*arguments):
        write_files(*arguments)
        if waiting:
            waiting.pop()()

    monkeypatch.setattr(letters, "write_files", written)
    return waiting.append


def test_an_erasure_while_the_files_are_written_is_not_forgotten(on_paper, letters_folder, meanwhile):
    meanwhile(lambda: on_paper.tell(an_erasure("case-2")))

    on_paper.at(TUESDAY_MORNING).print()

    text = text_of(letters_folder / "dk-digital-post-2013-2013-09-03-001.pdf")
    assert "Bøgely" in text
    assert "Åkjær" not in text


def test_an_erasure_while_a_batch_is_printed_again_is_not_forgotten(on_paper, letters_folder, meanwhile):
    on_paper.at(TUESDAY_MORNING).print().tell(an_erasure("case-2"))
    meanwhile(lambda: on_paper.tell(an_erasure("case-1")))

    on_paper.print()

    assert list(letters_folder.iterdir()) == []


def test_an_erasure_that_is_not_done_yet_is_waited_for(on_paper, letters_folder, meanwhile):
    erased = threading.Event()

    def erase():
        with on_paper.database.begin() as uow:
            forget_case(an_erasure("case-2"), uow)
            erased.set()
            eventually(lambda: somebody_waits(on_paper.database), "the printer waits")

    with ThreadPoolExecutor(1) as pool:
        meanwhile(lambda: (pool.submit(erase), erased.wait(30)))
        on_paper.at(TUESDAY_MORNING).print()

    assert "Åkjær" not in text_of(letters_folder / "dk-digital-post-2013-2013-09-03-001.pdf")


def test_a_batch_of_erased_organisations_is_removed(on_paper, letters_folder):
    on_paper.at(TUESDAY_MORNING).print().tell(an_erasure("case-1"), an_erasure("case-2")).print()

    assert list(letters_folder.iterdir()) == []


def test_files_are_removed_after_thirty_days(on_paper, letters_folder):
    on_paper.at(TUESDAY_MORNING).print().at(TUESDAY_MORNING + timedelta(days=32))

    with on_paper.database.begin() as uow:
        tidy_letters(uow)

    assert list(letters_folder.iterdir()) == []


def test_the_next_days_letters_are_a_batch_of_their_own(on_paper, letters_folder, catcher):
    on_paper.at(TUESDAY_MORNING).print().tell(a_booking(at=TUESDAY_MORNING + timedelta(hours=2)))

    on_paper.at(TUESDAY_MORNING + timedelta(hours=3)).send(catcher.outlets).print()
    assert len(list(letters_folder.glob("*.pdf"))) == 1
    on_paper.at(TUESDAY_MORNING + timedelta(days=1)).print()

    assert sorted(path.name[-18:] for path in letters_folder.glob("*.pdf")) == [
        "2013-09-03-001.pdf",
        "2013-09-04-001.pdf",
    ]
