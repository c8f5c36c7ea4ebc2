"""A case's state follows from what scheduling says, in whatever order and however often it is said."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frist_contracts import (
    BookingAttended,
    BookingCancelled,
    BookingConfirmed,
    BookingMissed,
    CaseClosed,
    CaseProgressed,
    CaseUnplaced,
    CaseWaitlisted,
    NoAddressLeft,
    Outcome,
    SessionFacts,
)
from messaging.database import Database
from services.registration import handlers
from services.registration.domain.case import Case, Stage
from services.registration.handlers.placing import Placement
from services.registration.storage.cases import CaseUnknown
from services.registration.subscriptions import RegistrationSubscriptions
from tests.registration.builders import CVR_NUMBERS, DANISH, SWEDISH, a_registration, an_inventory
from tests.support.batches import what_followed

SESSION = SessionFacts(
    session_id="s-1",
    form="desk",
    starts_at=datetime(2013, 9, 2, 8, tzinfo=UTC),
    ends_at=datetime(2013, 9, 2, 8, 45, tzinfo=UTC),
    venue_name="Odense Bibliotek",
    venue_address="Østre Stationsvej 15, 5000 Odense C",
    coach_name="Ida",
    language="da",
)


def waitlisted(sequence: int) -> CaseWaitlisted:
    return CaseWaitlisted(**_about(sequence), topics=[], reason="no_seat_fits")


def unplaced(sequence: int) -> CaseUnplaced:
    return CaseUnplaced(**_about(sequence), reason="asked")


def confirmed(sequence: int) -> BookingConfirmed:
    return BookingConfirmed(**_about(sequence), booking_id="b-1", revision=0, session=SESSION)


def cancelled(sequence: int) -> BookingCancelled:
    why = {"cancelled_by": "organisation", "reason": "asked"}
    return BookingCancelled(**_about(sequence), **why, booking_id="b-1", revision=1, session=SESSION)


def missed(sequence: int) -> BookingMissed:
    return BookingMissed(**_about(sequence), booking_id="b-1", session_id="s-1", form="desk")


def attended(sequence: int, *topics: str) -> BookingAttended:
    outcomes = [Outcome(topic, achieved=True, level_before=0, level_after=2) for topic in topics]
    booking = {"booking_id": f"b-{sequence}", "session_id": "s-1", "coach_id": "c-1", "form": "desk"}
    return BookingAttended(**_about(sequence), **booking, outcomes=outcomes)


def _about(sequence: int) -> dict[str, Any]:
    return {"municipality": "dk-0461", "sequence": sequence, "case_id": "", "programme_id": DANISH}


@pytest.fixture
def assessed(client: FlaskClient) -> str:
    """A case with its inventory answered."""
    return _assessed(client)


@pytest.fixture
def another(client: FlaskClient) -> str:
    """A second one."""
    return _assessed(client, number=CVR_NUMBERS[1])


def _assessed(client: FlaskClient, **changes: Any) -> str:
    case: Any = client.post("/registration/api/cases", json=a_registration(**changes)).json
    client.post(f"/registration/api/case/{case['token']}/inventory", json=an_inventory())
    return str(case["case_id"])


def follow(database: Database[Any], case_id: str, *events: Placement) -> tuple[str, list[Any]]:
    """The state after the events, and what was told."""
    with database.begin() as uow:
        handlers.follow_placements([replace(event, case_id=case_id) for event in events], uow)
        return uow.cases.get(case_id).state, uow.outbox.added


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([waitlisted(1)], "waiting"),
        ([waitlisted(1), confirmed(2)], "booked"),
        ([confirmed(2), waitlisted(1)], "booked"),
        ([confirmed(1), cancelled(2)], "assessed"),
        ([confirmed(1), missed(2), waitlisted(3)], "waiting"),
        ([confirmed(1), missed(2), unplaced(3)], "assessed"),
        ([confirmed(1), attended(2)], "helped"),
        ([attended(2, "digital_signature"), waitlisted(3), confirmed(4)], "booked"),
        ([attended(2, "digital_signature"), confirmed(3), cancelled(4)], "helped"),
        ([attended(2, "digital_signature", "digital_mailbox")], "fulfilled"),
        ([attended(2, "digital_signature"), attended(5, "digital_mailbox")], "fulfilled"),
    ],
)
def test_the_newest_word_on_the_place_gives_the_state(
    database: Database[Any], assessed: str, events: list[Placement], state: str
) -> None:
    assert follow(database, assessed, *events)[0] == state


def test_the_history_says_what_each_word_led_to(database: Database[Any], assessed: str) -> None:
    follow(
        database, assessed, confirmed(1), attended(2, "digital_signature"), attended(5, "digital_mailbox"), confirmed(6)
    )

    with database.begin() as uow:
        told = [(entry.what, entry.state) for entry in uow.history.of_case(assessed)]
    assert told[:4] == [
        ("booking_confirmed", "fulfilled"),
        ("booking_attended", "fulfilled"),
        ("booking_attended", "helped"),
        ("booking_confirmed", "booked"),
    ]


def test_a_batch_tells_a_case_once(database: Database[Any], assessed: str) -> None:
    _, told = follow(database, assessed, waitlisted(1), confirmed(2))

    assert [(type(event), event.state) for event in told] == [(CaseProgressed, "booked")]


def test_each_state_follows_from_the_newest_word_on_its_case(
    database: Database[Any], assessed: str, another: str
) -> None:
    batch = [(confirmed(2), assessed), (waitlisted(1), another), (waitlisted(1), assessed), (confirmed(2), another)]
    events = [replace(event, case_id=case_id) for event, case_id in batch]

    followed = what_followed(database, RegistrationSubscriptions, events)

    assert {(case, cause) for _type, case, cause in followed} == {(assessed, 0), (another, 3)}


def test_redelivery_changes_and_tells_nothing(database: Database[Any], assessed: str) -> None:
    follow(database, assessed, attended(2, "digital_signature", "digital_mailbox"))

    state, told = follow(database, assessed, attended(2, "digital_signature", "digital_mailbox"), confirmed(1))

    assert (state, told) == ("fulfilled", [])


def test_a_correction_and_what_it_corrects_lead_to_the_same_in_any_order(
    database: Database[Any], assessed: str
) -> None:
    """They had not come, stood in line and had another seat; then they had come, and then achieved more."""
    story = [missed(1), waitlisted(2), confirmed(3), cancelled(4), attended(5, "digital_signature")]
    events = [replace(event, case_id=assessed) for event in (*story, attended(6, "digital_signature"))]
    found = set()
    with database.begin() as uow:
        for order in permutations(events):
            attempt = uow.connection.begin_nested()
            handlers.follow_placements([*order[:3]], uow)
            handlers.follow_placements([*order[3:], order[0]], uow)
            case = uow.cases.get(assessed)
            found.add((case.state, case.placement_sequence, *uow.cases.achievements([assessed])[assessed]))
            attempt.rollback()

    assert found == {("helped", 6, "digital_signature")}


def test_a_correction_can_meet_the_duty(database: Database[Any], assessed: str) -> None:
    follow(database, assessed, missed(1), attended(2, "digital_signature"))

    state, told = follow(database, assessed, attended(3, "digital_signature", "digital_mailbox"))

    assert (state, [type(event) for event in told]) == ("fulfilled", [CaseClosed])


def test_the_duty_met_outweighs_a_withdrawal_learnt_before(database: Database[Any], assessed: str) -> None:
    with database.begin() as uow:
        handlers.withdraw_case(assessed, "organisation", uow)

    state, told = follow(database, assessed, attended(2, "digital_signature", "digital_mailbox"))

    assert state == "fulfilled"
    assert [(type(event), event.state) for event in told] == [(CaseClosed, "fulfilled")]


def test_help_of_any_kind_fulfils_where_the_programme_says_so(client: FlaskClient, database: Database[Any]) -> None:
    wish = a_registration(programme_id=SWEDISH, number="5560360793", municipality="se-0180", help_forms=[])
    case: Any = client.post("/registration/api/cases", json=wish).json
    levels = dict.fromkeys(("internet", "office_software", "booking_systems", "web_marketing"), 1)
    client.post(f"/registration/api/case/{case['token']}/inventory", json={"levels": levels, "topics": ["internet"]})

    state, _ = follow(database, case["case_id"], replace(attended(2), programme_id=SWEDISH))

    assert state == "fulfilled"


def test_a_case_that_is_not_here_is_refused(database: Database[Any]) -> None:
    with pytest.raises(CaseUnknown):
        follow(database, "01a1ff00-0000-7000-8000-000000000000", waitlisted(1))


def test_no_address_left_ends_the_case_until_a_new_address_is_given(
    client: FlaskClient, database: Database[Any]
) -> None:
    case: Any = client.post("/registration/api/cases", json=a_registration()).json
    with database.begin() as uow:
        event = NoAddressLeft(municipality="dk-0461", case_id=case["case_id"], programme_id=DANISH)
        handlers.mark_unreachable(event, uow)
        assert uow.cases.get(case["case_id"]).state == "unreachable"

    contact = {"name": "Søkilde Tømrer ApS", "channel": "email", "email": "new@example.dk"}
    changed = client.put(f"/registration/api/case/{case['token']}/contact", json=contact)

    assert changed.json["state"] == "registered"


FACTS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from([Stage.NONE, Stage.WAITING, Stage.BOOKED, Stage.HELPED])),
    max_size=8,
    unique_by=lambda fact: fact[0],
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, st.data())
def test_any_permutation_and_duplication_gives_the_same_state(
    facts: list[tuple[int, Stage]], data: st.DataObject
) -> None:
    in_order = Case("c", DANISH, "o", "dk-0461", "company", registered_by="organisation", levels={})
    shuffled = replace(in_order)

    for sequence, stage in sorted(facts, key=lambda fact: fact[0]):
        in_order.follow_placement(sequence, stage)
    for sequence, stage in data.draw(st.permutations(facts + facts[:3])):
        shuffled.follow_placement(sequence, stage)

    assert shuffled == in_order
    assert shuffled.state == in_order.state
