"""Notifications' HTTP: lists, fences, delivery reports, letter batches and the pages of staff."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask import session

from frist_contracts import NATIONAL, StaffSessionsEnded
from services.notifications.channels.sms import signature
from services.notifications.handlers.claiming import claim
from services.notifications.handlers.sending import record
from tests.notifications.builders import (
    a_booking,
    a_case_opened,
    a_contact,
    a_programme_applied,
    a_registration,
)
from tests.support.one_app import app_over, new_app
from web.access import Role
from web.keys import issue_key
from web.paging import encode_cursor
from web.staff_session import start_staff_session

SECRET = "a-secret-for-tests-that-is-long-enough-to-pass"
OPERATOR_KEY = "frist_00000000_an-operators-key-for-tests"
KEY = {"Authorization": f"Bearer {OPERATOR_KEY}"}


@pytest.fixture
def app(platform):
    app = app_over("notifications", platform.database, secret=SECRET, operator_key=OPERATOR_KEY)
    app.config["WTF_CSRF_METHODS"] = set()
    return app


@pytest.fixture
def journey(platform, catcher):
    """Two organisations in two municipalities; the first has been told of a booking by SMS."""
    platform.tell(a_programme_applied(), a_case_opened(), a_contact(phone="+4520301020", channel="sms"))
    platform.tell(a_case_opened("case-2", municipality="dk-0101"), a_contact("case-2", municipality="dk-0101"))
    platform.tell(a_registration(), a_booking(), a_registration("case-2", municipality="dk-0101"))
    return platform.send(catcher.outlets)


def signed_in(app, role, municipality=None):
    client = app.test_client()
    with app.test_request_context():
        start_staff_session(staff_id="s-1", role=role, name="Ida Holm", municipality=municipality)
        facts = dict(session)
    with client.session_transaction() as kept:
        kept.update(facts)
    return client


def report(client, body, token="sms-secret"):
    content = json.dumps(body).encode()
    headers = {"X-Frist-Signature": signature(token, content), "Content-Type": "application/json"}
    return client.post("/notifications/api/sms/reports", data=content, headers=headers)


def test_whoever_registration_signed_out_is_signed_out_here(app, platform):
    lead = signed_in(app, Role.LEAD, "dk-0101")
    before = lead.get("/notifications/api/messages").status_code

    platform.tell(StaffSessionsEnded(municipality=NATIONAL, staff_id="s-1", sequence=1))

    assert (before, lead.get("/notifications/api/messages").status_code) == (200, 401)


def test_a_municipalitys_key_gets_no_letters_as_a_batch_holds_everybodys(app, platform):
    with platform.database.begin() as uow:
        key = issue_key(uow.connection, "printer", ["letters:read"], "dk-0101")
    client, fenced = app.test_client(), {"Authorization": f"Bearer {key}"}

    answers = [client.get(f"/notifications/api/letter-batches{rest}", headers=fenced) for rest in ("", "/b.csv")]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_messages_are_listed_page_by_page(app, journey):
    client = app.test_client()

    first = client.get("/notifications/api/messages?limit=2", headers=KEY).json
    second = client.get(f"/notifications/api/messages?limit=2&after={first['next']}", headers=KEY).json

    purposes = sorted(item["purpose"] for item in first["items"] + second["items"])
    assert purposes == ["booking_confirmed", "registration_receipt", "registration_receipt"]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", [(1,), ("0196e0c1-0000-7000-8000-000000000000",), ("yesterday", "m-1"), ({}, 1), ()])
@pytest.mark.parametrize("page", ["messages", "letters", "api/messages", "api/letter-batches"])
def test_a_cursor_of_another_list_is_the_start(app, journey, page, cursor):
    operator = signed_in(app, Role.OPERATOR)

    answers = [operator.get(f"/notifications/{page}{query}") for query in ("", f"?after={encode_cursor(*cursor)}")]

    assert [answer.status_code for answer in answers] == [200, 200]
    if page.startswith("api/"):
        assert answers[1].json == answers[0].json


def test_a_filter_that_is_not_known_is_named(app, journey):
    answer = app.test_client().get("/notifications/api/messages?state=lost", headers=KEY)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["state"]


def test_a_lead_sees_the_own_municipality_only(app, journey):
    lead = signed_in(app, Role.LEAD, "dk-0101")

    listed = lead.get("/notifications/api/messages").json["items"]
    foreign = lead.get("/notifications/api/messages?municipality=dk-0265")
    case = lead.get("/notifications/cases/case-1")

    assert [item["case_id"] for item in listed] == ["case-2"]
    assert foreign.status_code == 403
    assert case.status_code == 403


def test_nobody_else_sees_messages(app, journey):
    assert app.test_client().get("/notifications/api/messages").status_code == 401
    assert signed_in(app, Role.COACH, "dk-0101").get("/notifications/api/messages").status_code == 403


def test_counts_and_backlog_add_up(app, journey):
    client = app.test_client()

    counts = client.get("/notifications/api/counts", headers=KEY).json
    backlog = client.get("/notifications/api/backlog", headers=KEY).json

    assert sum(row["messages"] for row in counts) == 3
    assert backlog == {"urgent": 0, "bulk": 0, "letters": 0, "sending": 0}


def test_a_failed_sms_is_followed_by_another_channel(app, journey, catcher):
    (message,) = journey.messages(purpose="booking_confirmed")

    answer = report(app.test_client(), {"reference": message.message_id, "status": "failed", "network": "x"})
    journey.send(catcher.outlets)

    assert answer.status_code == 204
    old, new = journey.messages(purpose="booking_confirmed")
    assert {(old.state, old.channel), (new.state, new.channel)} == {("failed", "sms"), ("sent", "email")}


def test_the_same_report_twice_changes_nothing_more(app, journey, catcher):
    (message,) = journey.messages(purpose="booking_confirmed")

    for _ in range(2):
        report(app.test_client(), {"reference": message.message_id, "status": "failed"})

    assert len(journey.messages(purpose="booking_confirmed")) == 2


def test_a_report_that_comes_before_the_sms_is_noted_as_sent_is_asked_for_again(app, journey, catcher):
    journey.tell(a_booking("case-2"), a_contact("case-2", sequence=9, phone="+4520301021", channel="sms"))
    with journey.database.begin() as uow:
        due = uow.messages.due("urgent", 10)
        claimed = claim(uow, due, "a-sender", frozenset({"sms"}), lambda recipient: recipient)
    reference = claimed.parcels[0].message.message_id
    outcomes = catcher.outlets.send_all(claimed.parcels, 10)

    early = report(app.test_client(), {"reference": reference, "status": "rejected"})
    with journey.database.begin() as uow:
        record(uow, outcomes, "a-sender")
    again = report(app.test_client(), {"reference": reference, "status": "rejected"})

    assert (early.status_code, early.headers["Retry-After"]) == (503, "30")
    assert again.status_code == 204
    assert [row.state for row in journey.messages(message_id=reference)] == ["failed"]


def test_a_delivered_sms_is_noted(app, journey):
    (message,) = journey.messages(purpose="booking_confirmed")

    report(app.test_client(), {"reference": message.message_id, "status": "delivered"})

    (row,) = journey.messages(purpose="booking_confirmed")
    assert (row.state, row.reason) == ("sent", "delivered")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"status": "failed"}, 422, "reference"),
        ({"reference": "r", "status": "eaten"}, 422, "status"),
        ({"reference": "nobody-knows", "status": "failed"}, 404, "reference"),
    ],
)
def test_a_malformed_report_is_refused_and_says_why(app, journey, body, status, field):
    answer = report(app.test_client(), body)

    assert answer.status_code == status
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_gateway_reports_as_often_as_it_likes(platform, journey):
    (message,) = journey.messages(purpose="booking_confirmed")
    client = new_app("notifications", platform.database, secret=SECRET, open_posts_per_minute=2).test_client()

    answers = [report(client, {"reference": message.message_id, "status": "delivered"}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [204] * 5


def test_a_report_that_the_gateway_did_not_sign_is_refused(app, journey):
    (message,) = journey.messages(purpose="booking_confirmed")

    forged = report(app.test_client(), {"reference": message.message_id, "status": "failed"}, token="guess")

    assert (forged.status_code, forged.json["type"]) == (401, "/problems/signature_wrong")
    assert [row.state for row in journey.messages(purpose="booking_confirmed")] == ["sent"]


def test_texts_are_shown_in_every_language(app, journey):
    answer = app.test_client().get("/notifications/api/texts?programme_id=dk-digital-post-2013", headers=KEY).json

    assert {preview["language"] for preview in answer} == {"da", "sv", "en"}
    assert all("{" not in preview["subject"] + preview["body"] + preview["short"] for preview in answer)


def test_a_batch_is_listed_and_downloaded_by_operators_only(app, platform, catcher, letters_folder):
    platform.tell(a_programme_applied(), a_case_opened(), a_contact(email=None), a_registration()).send(catcher.outlets)
    platform.at(datetime(2013, 9, 3, 6, tzinfo=UTC)).print()
    client = app.test_client()

    (batch,) = client.get("/notifications/api/letter-batches", headers=KEY).json["items"]
    pdf = client.get(f"/notifications/api/letter-batches/{batch['batch_id']}.pdf", headers=KEY)
    index = client.get(f"/notifications/api/letter-batches/{batch['batch_id']}.csv", headers=KEY)
    lead = signed_in(app, Role.LEAD, "dk-0265").get("/notifications/api/letter-batches")

    assert (batch["letters"], pdf.data[:4], lead.status_code) == (1, b"%PDF", 403)
    assert "Bøgely" in index.get_data(as_text=True)


def test_a_batch_that_is_not_there_is_said_to_be_unknown(app, journey):
    answer = app.test_client().get("/notifications/api/letter-batches/..%2F..%2Fetc.pdf", headers=KEY)

    assert answer.status_code == 404


@pytest.mark.parametrize("language", ["da", "sv", "en"])
@pytest.mark.parametrize("page", ["messages", "letters", "texts", "cases/case-1"])
def test_every_page_is_shown_in_every_language(app, journey, page, language):
    answer = signed_in(app, Role.OPERATOR).get(f"/notifications/{page}?language={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)


def test_the_texts_go_by_their_subjects_with_the_key_beside(app, journey):
    page = signed_in(app, Role.OPERATOR).get("/notifications/texts?text_language=da").get_data(as_text=True)

    headings = re.findall(r'<h2 id="text-(\w+)"><span lang="da">([^<]+)</span> <code[^>]*>([^<]+)</code>', page)
    assert "ladder_first" in {key for key, _, _ in headings}
    assert all(key == shown and key not in subject for key, subject, shown in headings)


def test_each_link_of_the_list_says_whose_it_is(app, journey):
    page = signed_in(app, Role.OPERATOR).get("/notifications/messages?language=en").get_data(as_text=True)

    for case_id in ("case-1", "case-2"):
        name = a_contact(case_id).organisation_name
        for address in (f"/notifications/cases/{case_id}", f"/registration/cases/{case_id}"):
            links = re.findall(rf'<a href="{address}">[^<]+<span class="sr-only">: ([^<]+)</span></a>', page)
            assert set(links) == {name}


def test_a_message_is_shown_without_the_organisations_link(app, journey, catcher):
    (message,) = journey.messages(purpose="booking_confirmed")

    page = signed_in(app, Role.OPERATOR).get(f"/notifications/messages/{message.message_id}").get_data(as_text=True)

    assert "12/9 kl. 12.00" in page
    assert catcher.outlets.links.token("case", "case-1") not in page


def test_a_returned_letter_needs_its_reference(app, journey):
    answer = signed_in(app, Role.LEAD, "dk-0265").post("/notifications/letters/returned", data={"reference": "17"})

    assert answer.status_code == 422
    assert 'id="reference-error"' in answer.get_data(as_text=True)


def test_looking_is_kept_in_the_access_log(app, journey):
    signed_in(app, Role.OPERATOR).get("/notifications/cases/case-1")

    with journey.database.begin() as uow:
        kept = uow.connection.exec_driver_sql("SELECT actor_id, action, subject FROM access_log").all()
    assert [tuple(row) for row in kept] == [("s-1", "read", "case:case-1")]
