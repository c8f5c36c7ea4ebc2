"""Asking how it went: once, by link, and forgotten when the organisation is."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from frist_contracts import BookingMissed, CaseErased, SurveyAnswered, SurveyInvited
from messaging.database import Database
from services.reporting.domain.survey import survey_id_of
from services.reporting.subscriptions import ReportingSubscriptions
from tests.reporting import world
from tests.support.batches import what_followed
from tests.support.waiting import eventually, somebody_waits

TOKEN_PURPOSE = "survey"


@pytest.fixture
def token(database: Database[Any]) -> str:
    """The link of the survey of a case that was helped."""
    with database.begin() as uow:
        world.apply(
            uow,
            world.numbered(
                [world.a_programme_applied(), world.municipalities_imported(), *world.a_helped_journey("case-1")]
            ),
        )
        token: str = uow.links.token(TOKEN_PURPOSE, survey_id_of("booking-case-1"))
    return token


def stored_comment(database: Database[Any]) -> str | None:
    with database.begin() as uow:
        comment: str | None = uow.connection.execute(text("SELECT comment FROM surveys")).scalar_one()
        return comment


def test_who_came_is_asked_once_however_often_the_event_comes(uow: Any) -> None:
    came = world.attended("case-1")

    world.apply(uow, [came])
    world.apply(uow, [came, came])

    assert [type(event) for event in uow.outbox.added] == [SurveyInvited]
    assert uow.outbox.added[0].survey_id == survey_id_of("booking-case-1")


def test_who_came_after_all_is_asked_once_also_when_more_is_corrected(uow: Any) -> None:
    missed = BookingMissed(
        **world.about("case-1", 1), booking_id="booking-case-1", session_id="session-case-1", form="desk"
    )

    world.apply(uow, [world.attended("case-1", 4)])
    world.apply(uow, [missed, world.attended("case-1", 2)])

    assert [type(event) for event in uow.outbox.added] == [SurveyInvited]


def test_each_invitation_follows_from_the_visit_it_asks_about(database: Database[Any]) -> None:
    visits = [world.confirmed("case-1"), world.attended("case-2"), world.attended("case-1"), world.confirmed("case-3")]

    followed = what_followed(database, ReportingSubscriptions, visits)

    assert {(case, cause) for _type, case, cause in followed} == {("case-2", 1), ("case-1", 2)}


def test_an_erased_organisation_is_not_asked(uow: Any) -> None:
    world.apply(uow, [CaseErased(**world.about("case-1", 9), state="withdrawn"), world.attended("case-1")])

    assert uow.outbox.added == []


def test_an_answer_by_the_api_becomes_an_event(database: Database[Any], client: FlaskClient, token: str) -> None:
    answer = {"score": 5, "comment": "Tak!", "first_visit": True}

    response = client.post(f"/reporting/api/survey/{token}", json=answer)

    assert response.status_code == 200
    assert response.get_json()["answered"] is True
    with database.begin() as uow:
        types = uow.connection.execute(text("SELECT type FROM outbox ORDER BY position")).scalars().all()
    assert types[-1] == SurveyAnswered.type_name()
    assert stored_comment(database) == "Tak!"


def test_the_first_answer_stays(database: Database[Any], client: FlaskClient, token: str) -> None:
    for score, comment in ((5, "first"), (1, "second")):
        response = client.post(f"/reporting/api/survey/{token}", json={"score": score, "comment": comment})

    assert response.status_code == 200
    assert stored_comment(database) == "first"
    with database.begin() as uow:
        query = text("SELECT count(*) FROM outbox WHERE type = :type")
        assert uow.connection.execute(query, {"type": SurveyAnswered.type_name()}).scalar_one() == 1


def test_who_answered_is_in_the_access_log_once(database: Database[Any], client: FlaskClient, token: str) -> None:
    for score in (5, 1):
        client.post(f"/reporting/api/survey/{token}", json={"score": score})

    with database.begin() as uow:
        logged = uow.connection.execute(text("SELECT actor_kind, actor_id, action, subject FROM access_log")).all()
    assert [tuple(line) for line in logged] == [("organisation", "case-1", "change", "case:case-1")]


def test_a_survey_is_answered_on_its_page(client: FlaskClient, token: str) -> None:
    page = client.get(f"/reporting/survey/{token}?language=da").get_data(as_text=True)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf

    form = {"csrf_token": csrf[1], "score": "4", "comment": "", "first_visit": "true"}
    thanks = client.post(f"/reporting/survey/{token}", data=form)

    assert "Tak for dit svar" in thanks.get_data(as_text=True)
    assert "Tak for dit svar" in client.get(f"/reporting/survey/{token}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "library"), [("da", "bibliotek"), ("sv", "bibliotek"), ("en", "library"), ("en", "first_visit")]
)
def test_only_who_was_at_the_library_is_asked_about_it(
    database: Database[Any], client: FlaskClient, token: str, language: str, library: str
) -> None:
    with database.begin() as uow:
        visited = replace(world.attended("case-2"), form="visit")
        world.apply(uow, world.numbered([visited]))
        other = uow.links.token(TOKEN_PURPOSE, survey_id_of("booking-case-2"))

    at_library, at_home = (client.get(f"/reporting/survey/{link}?language={language}") for link in (token, other))
    refused = client.post(f"/reporting/survey/{other}?language={language}", data={"csrf_token": csrf_of(at_home)})
    thanks = client.post(
        f"/reporting/survey/{other}?language={language}", data={"csrf_token": csrf_of(at_home), "score": "4"}
    )

    assert library in at_library.text
    assert [library in body_of(page) for page in (at_home, refused, thanks)] == [False] * 3
    assert (refused.status_code, thanks.status_code) == (422, 200)


def csrf_of(page: Any) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def body_of(page: Any) -> str:
    return str(page.text.partition("<main")[2].partition("</main>")[0])


def test_an_empty_answer_is_refused_beside_its_field(client: FlaskClient, token: str) -> None:
    page = client.get(f"/reporting/survey/{token}?language=sv").get_data(as_text=True)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert csrf

    refused = client.post(f"/reporting/survey/{token}", data={"csrf_token": csrf[1]})

    assert refused.status_code == 422
    assert "Välj ett av de fem svaren" in refused.get_data(as_text=True)


@pytest.mark.parametrize("answer", [{}, {"score": 6}, {"score": "good"}, {"score": 3, "comment": "x" * 1201}])
def test_a_bad_answer_names_its_field(client: FlaskClient, token: str, answer: dict[str, Any]) -> None:
    refused = client.post(f"/reporting/api/survey/{token}", json=answer)

    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] in {"score", "comment"}


def test_a_wrong_link_leads_nowhere(client: FlaskClient) -> None:
    assert client.get("/reporting/survey/AAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    assert client.post("/reporting/api/survey/AAAAAAAAAAAAAAAAAAAAAA", json={"score": 3}).status_code == 404


def test_erasing_drops_the_comment_and_keeps_the_count(
    database: Database[Any], client: FlaskClient, token: str
) -> None:
    client.post(f"/reporting/api/survey/{token}", json={"score": 2, "comment": "My name is Ole"})
    answered = SurveyAnswered(
        survey_id=survey_id_of("booking-case-1"),
        case_id="case-1",
        programme_id=world.PROGRAMME,
        municipality="dk-0101",
        score=2,
        first_visit=False,
    )

    with database.begin() as uow:
        world.apply(uow, [answered, CaseErased(**world.about("case-1", 9), state="fulfilled")])

    assert stored_comment(database) is None
    assert client.get(f"/reporting/api/survey/{token}").status_code == 404
    with database.begin() as uow:
        assert uow.connection.execute(text("SELECT sum(number) FROM survey_tallies")).scalar_one() == 1


def test_an_answer_that_waits_for_the_erasure_leaves_no_comment(
    database: Database[Any], client: FlaskClient, token: str
) -> None:
    answer = {"score": 2, "comment": "My name is Ole"}
    with ThreadPoolExecutor(1) as pool, database.begin() as uow:
        world.apply(uow, [CaseErased(**world.about("case-1", 9), state="fulfilled")])
        answered = pool.submit(client.post, f"/reporting/api/survey/{token}", json=answer)
        eventually(lambda: answered.done() or somebody_waits(database), "it waits for the survey")

    answered.result()
    assert stored_comment(database) is None


def test_reading_comments_is_logged(
    database: Database[Any], client: FlaskClient, lead: FlaskClient, token: str
) -> None:
    client.post(f"/reporting/api/survey/{token}", json={"score": 2, "comment": "The room was cold"})

    page = lead.get("/reporting/municipalities/dk-0101").get_data(as_text=True)

    assert "The room was cold" in page
    assert "The room was cold" not in client.get("/reporting/municipalities/dk-0101").get_data(as_text=True)
    with database.begin() as uow:
        logged = uow.connection.execute(
            text("SELECT actor_id, action, subject FROM access_log WHERE action = 'read'")
        ).one()
    assert tuple(logged) == ("staff-1", "read", "survey_comments:dk-0101")
