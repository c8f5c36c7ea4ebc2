"""Scheduling hears again what a case needs when it is in reach again, or speaks another language than its coach may."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from frist_contracts import CaseAssessed, CaseProgressed, ContactChanged, NoAddressLeft
from messaging.database import Database
from services.registration import handlers
from services.registration.handlers.placing import Placement
from tests.registration.builders import DANISH, a_registration, an_inventory, outbox_events
from tests.registration.test_moving import AARHUS, IN_AARHUS, a_contact
from tests.registration.test_placements import attended, cancelled, confirmed, follow, missed, unplaced, waitlisted

TOPICS = ["digital_signature", "digital_mailbox"]


@pytest.fixture
def case(client: FlaskClient) -> Any:
    """A case with its inventory answered, and its link."""
    case: Any = client.post("/registration/api/cases", json=a_registration()).json
    client.post(f"/registration/api/case/{case['token']}/inventory", json=an_inventory())
    return case


def out_of_reach(database: Database[Any], case: Any) -> None:
    with database.begin() as uow:
        event = NoAddressLeft(municipality="dk-0461", case_id=case["case_id"], programme_id=DANISH)
        handlers.mark_unreachable(event, uow)


def told_after(database: Database[Any], client: FlaskClient, case: Any, **contact: Any) -> list[Any]:
    """What is told of a change of the contact data, behind these."""
    before = len(outbox_events(database, ContactChanged, CaseAssessed, CaseProgressed))
    client.put(f"/registration/api/case/{case['token']}/contact", json=a_contact(**contact))
    changed, *told = outbox_events(database, ContactChanged, CaseAssessed, CaseProgressed)[before:]
    assert isinstance(changed, ContactChanged)
    assert [event.sequence for event in told] == [changed.sequence + 1 for _ in told]
    return told


@pytest.mark.parametrize("place", [[waitlisted(1)], [confirmed(1)], []])
def test_who_is_in_reach_again_is_placed_anew(
    client: FlaskClient, database: Database[Any], case: Any, place: list[Placement]
) -> None:
    follow(database, case["case_id"], *place)
    out_of_reach(database, case)
    follow(database, case["case_id"], *(cancelled(2) if event == confirmed(1) else unplaced(2) for event in place))

    told = told_after(database, client, case, email="new@example.dk", language="sv", **IN_AARHUS)

    assert [(type(event), event.state, event.municipality) for event in told] == [(CaseAssessed, "assessed", AARHUS)]
    assert (told[0].topics, told[0].help_forms, told[0].language) == (TOPICS, ["desk"], "sv")


def test_who_came_to_a_session_is_in_reach_again_and_given_no_seat(
    client: FlaskClient, database: Database[Any], case: Any
) -> None:
    follow(database, case["case_id"], attended(1, "digital_signature"))
    out_of_reach(database, case)

    told = told_after(database, client, case, email="new@example.dk")

    assert [(type(event), event.state) for event in told] == [(CaseProgressed, "helped")]


@pytest.mark.parametrize(("then", "state"), [([], "booked"), ([cancelled(2)], "assessed"), ([confirmed(3)], "booked")])
def test_a_seat_that_scheduling_has_not_taken_yet_is_the_cases_until_it_says_so(
    client: FlaskClient, database: Database[Any], case: Any, then: list[Placement], state: str
) -> None:
    follow(database, case["case_id"], confirmed(1))
    out_of_reach(database, case)

    told = told_after(database, client, case, email="new@example.dk")

    assert [(type(event), event.state) for event in told] == [(CaseAssessed, "booked")]
    assert follow(database, case["case_id"], *then)[0] == state


@pytest.mark.parametrize(
    ("place", "state"),
    [([waitlisted(1)], "waiting"), ([confirmed(1)], "booked"), ([missed(1), waitlisted(2)], "waiting")],
)
def test_who_waits_or_has_a_seat_and_speaks_another_language_is_matched_anew(
    client: FlaskClient, database: Database[Any], case: Any, place: list[Placement], state: str
) -> None:
    follow(database, case["case_id"], *place)

    assert told_after(database, client, case, phone="20304051") == []
    told = told_after(database, client, case, language="sv")

    assert [(type(event), event.state, event.language) for event in told] == [(CaseAssessed, state, "sv")]
    assert told[0].topics == TOPICS


@pytest.mark.parametrize("place", [[], [confirmed(1), cancelled(2)], [attended(1, "digital_signature")]])
def test_who_has_no_place_is_given_none_for_another_language(
    client: FlaskClient, database: Database[Any], case: Any, place: list[Placement]
) -> None:
    follow(database, case["case_id"], *place)

    assert told_after(database, client, case, language="sv") == []


def test_who_moves_and_speaks_another_language_is_told_of_once(
    client: FlaskClient, database: Database[Any], case: Any
) -> None:
    follow(database, case["case_id"], waitlisted(1))

    told = told_after(database, client, case, language="sv", **IN_AARHUS)

    assert [(type(event), event.municipality) for event in told] == [(CaseAssessed, AARHUS)]


@pytest.mark.parametrize(
    ("inventory", "wanted"), [(TOPICS, ["digital_mailbox"]), (["digital_signature"], ["digital_signature"])]
)
def test_who_waits_for_another_session_wants_no_help_with_what_is_achieved(
    client: FlaskClient, database: Database[Any], case: Any, inventory: list[str], wanted: list[str]
) -> None:
    client.post(f"/registration/api/case/{case['token']}/inventory", json=an_inventory(topics=inventory))
    follow(database, case["case_id"], attended(1, "digital_signature"), waitlisted(2))

    told = told_after(database, client, case, language="sv")

    assert [event.topics for event in told] == [wanted]
