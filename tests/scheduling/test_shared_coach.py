"""A coach of two municipalities: home looks after the coach, each sees its own sessions, nobody lets themselves in."""

import pytest

from tests.scheduling.builders import PROGRAMME, a_block, a_coach, a_contact, a_venue, an_assessment
from web.access import Role

SAME_ORIGIN = {"X-Requested-With": "frist"}
HERE, HOME = "dk-0101", "dk-0147"
DAY = "/scheduling/day?coach_id=kim&date=2013-09-03"
API_DAY = "/scheduling/api/day?coach_id=kim&date=2013-09-03"
COURSE = {
    "programme_id": PROGRAMME, "coach_id": "kim", "starts_at": "2013-09-05T08:00:00Z", "level": "beginner",
    "language": "da",
}  # fmt: skip


@pytest.fixture
def shared(world):
    """Kim of Frederiksberg, who also works in Copenhagen, and a booking in each on the same Tuesday."""
    hours = a_block(opens=a_block().hours.opens.replace(hour=8), closes=a_block().hours.opens)
    world.has(
        a_venue(HERE), a_venue(HOME),
        a_coach("kim", municipalities=(HOME, HERE), blocks=(hours, a_block(venue_id="lib-0147"))),
    )  # fmt: skip
    world.hear(
        a_contact("here", organisation_name="Korn ApS"), an_assessment("here"),
        a_contact("there", municipality=HOME, organisation_name="Rug ApS"), an_assessment("there", municipality=HOME),
    )  # fmt: skip
    return world


@pytest.fixture
def lead(signed_in):
    """The lead of the municipality that is not the coach's home."""
    return signed_in(Role.LEAD, municipality=HERE)


@pytest.fixture
def home_lead(signed_in):
    """The lead of the coach's home."""
    return signed_in(Role.LEAD, municipality=HOME)


def seen(client):
    return [visitor["organisation_name"] for visitor in client.get(API_DAY).get_json()["items"]]


def a_row(*municipalities, venue_id="lib-0101", **changes):
    return {
        "name": "Bo", "email": "bo@example.dk", "municipalities": list(municipalities), "languages": ["da"],
        "forms": ["desk"], "accreditations": {"vat_reporting": "2014-01-01"},
        "availability": f"mon 10:00-12:00@{venue_id}", **changes,
    }  # fmt: skip


def test_a_lead_sees_what_a_shared_coach_does_in_the_own_municipality_only(shared, lead, home_lead):
    pages = [client.get(DAY).text for client in (lead, home_lead)]

    assert (seen(lead), seen(home_lead)) == (["Korn ApS"], ["Rug ApS"])
    assert ["Korn ApS" in page for page in pages] == [True, False]
    assert ["Rug ApS" in page for page in pages] == [False, True]


def test_the_coach_and_an_operator_see_the_whole_day(shared, signed_in, operator):
    kim = signed_in(Role.COACH, coach_id="kim", municipality=HOME)

    assert seen(kim) == seen(operator) == ["Korn ApS", "Rug ApS"]


def test_what_is_not_recorded_is_told_to_the_own_municipality_only(shared, lead):
    shared.later(days=3)

    page = lead.get("/scheduling/day?coach_id=kim").text
    overdue = lead.get("/scheduling/api/day?coach_id=kim").get_json()["overdue"]

    assert [visitor["organisation_name"] for visitor in overdue] == ["Korn ApS"]
    assert "Rug ApS" not in page


def test_the_week_of_a_coach_is_changed_by_the_home_municipality_only(shared, lead, home_lead):
    hours = {"weekday": "3", "opens": "09:00", "closes": "12:00", "venue_id": "lib-0147"}
    away = {"first_date": "2013-09-03", "first_time": "08:00", "last_date": "2013-09-03", "last_time": "18:00"}
    first = {"hours": "tue 08:00-10:00"}

    refused = [
        lead.get("/scheduling/coach/kim"),
        lead.post("/scheduling/coach/kim/blocks", data=hours),
        lead.post("/scheduling/coach/kim/blocks/0/remove", data=first),
        lead.post("/scheduling/coach/kim/absences", data=away),
        lead.get("/scheduling/coach/kim/course"),
        lead.get("/scheduling/api/coaches/kim/absences"),
        lead.post("/scheduling/api/sessions", json={**COURSE, "venue_id": "lib-0101"}, headers=SAME_ORIGIN),
    ]
    added = home_lead.post("/scheduling/coach/kim/blocks", data=hours)

    assert [answer.status_code for answer in refused] == [403] * 7
    assert added.status_code == 303
    assert {shared.placement(case_id).state for case_id in ("here", "there")} == {"booked"}


def test_who_is_not_in_charge_is_led_to_no_page_that_is_closed(shared, lead, home_lead):
    pages = [
        client.get(address).text
        for client, code in ((lead, HERE), (home_lead, HOME))
        for address in (DAY, f"/scheduling/municipality/{code}")
    ]

    assert ["/scheduling/coach/kim" in page for page in pages] == [False, False, True, True]


def test_a_lead_opens_courses_in_the_own_municipality_and_the_coach_in_each(shared, home_lead, signed_in):
    kim = signed_in(Role.COACH, coach_id="kim", municipality=HOME)
    elsewhere = {**COURSE, "venue_id": "lib-0101"}

    page = home_lead.get("/scheduling/coach/kim/course").text
    answers = [
        home_lead.post("/scheduling/api/sessions", json=elsewhere, headers=SAME_ORIGIN),
        home_lead.post("/scheduling/api/sessions", json={**COURSE, "venue_id": "lib-0147"}, headers=SAME_ORIGIN),
        kim.post(
            "/scheduling/api/sessions", json={**elsewhere, "starts_at": "2013-09-06T08:00:00Z"}, headers=SAME_ORIGIN
        ),
    ]

    assert ("lib-0147" in page, "lib-0101" in page) == (True, False)
    assert [answer.status_code for answer in answers] == [403, 201, 201]


def test_a_lead_lets_no_coach_into_another_municipality(shared, lead, operator):
    alone = lead.put("/scheduling/api/coaches/bo", json=a_row(HERE, HOME), headers=SAME_ORIGIN)
    agreed = operator.put("/scheduling/api/coaches/bo", json=a_row(HERE, HOME))
    later = lead.put("/scheduling/api/coaches/bo", json=a_row(HERE, HOME, name="Bo Holm"), headers=SAME_ORIGIN)
    further = lead.put("/scheduling/api/coaches/bo", json=a_row(HERE, HOME, "dk-0751"), headers=SAME_ORIGIN)

    assert [answer.status_code for answer in (alone, agreed, later, further)] == [422, 200, 200, 422]
    assert further.get_json()["errors"][0]["field"] == "municipalities"
