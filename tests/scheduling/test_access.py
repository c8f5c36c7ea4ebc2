"""Who may do what: coaches their own, leads their municipality, keys their scopes."""

import pytest

from frist_contracts import NATIONAL, StaffSessionsEnded
from tests.scheduling.builders import MONDAY, PROGRAMME, a_coach, a_contact, an_assessment, two_municipalities
from web.access import Role
from web.keys import issue_key

COURSE = {
    "programme_id": PROGRAMME, "coach_id": "coach-1", "venue_id": "lib-0101", "starts_at": "2013-09-05T08:00:00Z",
    "level": "beginner", "language": "da",
}  # fmt: skip
SAME_ORIGIN = {"X-Requested-With": "frist"}
CHANGED = "SELECT actor_id, subject FROM access_log WHERE action = 'change'"


@pytest.fixture
def library(world):
    """Two coaches in two municipalities, and a booking with the first."""
    world.has(*two_municipalities())
    world.hear(a_contact(), an_assessment())
    world.later(days=1, hours=8)
    return world


@pytest.fixture
def with_key(app, world):
    """`with_key("venues:write", municipality="dk-0101")`: a program with such a key."""

    def client_of(*scopes, municipality=None):
        with world.work() as uow:
            key = issue_key(uow.connection, "-".join(scopes), scopes, municipality)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client

    return client_of


def test_without_a_key_or_sign_in_nothing_of_staff_is_told(client, library):
    addresses = ("day?date=2013-09-03", "venues", "coaches", "waiting?municipality=dk-0101", "sessions/x")

    assert {client.get(f"/scheduling/api/{address}").status_code for address in addresses} == {401}


def test_whoever_registration_signed_out_is_signed_out_here(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    before = coach.get("/scheduling/api/day").status_code

    library.hear(StaffSessionsEnded(municipality=NATIONAL, staff_id="staff-1", sequence=1))

    assert (before, coach.get("/scheduling/api/day").status_code) == (200, 401)


def test_a_key_does_what_its_scope_says_and_nothing_else(with_key, library):
    recorder = with_key("attendance:write")

    assert recorder.get("/scheduling/api/day?date=2013-09-03").status_code == 200
    assert recorder.get("/scheduling/api/waiting?municipality=dk-0101").status_code == 403
    assert recorder.put("/scheduling/api/venues", data=b"", content_type="text/csv").status_code == 403


def test_a_municipalitys_key_writes_its_own_venues_only(with_key, library):
    own = with_key("venues:write", municipality="dk-0101")
    rows = "venue_id,municipality,name,address,opening\na,dk-0101,A,Gade 1,\nb,dk-0751,B,Gade 2,\nlib-0751,dk-0101,C,Gade 3,\n"

    report = own.put("/scheduling/api/venues", data=rows.encode(), content_type="text/csv").get_json()

    assert (report["changed"], [refusal["line"] for refusal in report["refusals"]]) == (1, [3, 4])


def test_a_municipalitys_key_uses_a_coach_of_several_in_its_own_only(with_key, library):
    library.has(a_coach(municipalities=("dk-0101", "dk-0751")))
    other = with_key("sessions:write", "attendance:write", municipality="dk-0751")

    opened = other.post("/scheduling/api/sessions", json=COURSE)
    day = other.get("/scheduling/api/day?date=2013-09-03&coach_id=coach-1").get_json()

    assert opened.status_code == 403
    assert library.scalar("SELECT count(*) FROM sessions WHERE form = 'course'") == 0
    assert day["items"] == []


def test_a_coach_reads_and_records_the_own_day_only(signed_in, library):
    own = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    other = signed_in(Role.COACH, coach_id="coach-2", municipality="dk-0101")
    address = f"/scheduling/api/bookings/{library.placement().booking_id}/attendance"

    day = own.get("/scheduling/api/day?date=2013-09-03").get_json()
    refused = other.post(address, json={"attended": False}, headers=SAME_ORIGIN)
    taken = own.post(address, json={"attended": False}, headers=SAME_ORIGIN)

    assert [visitor["organisation_name"] for visitor in day["items"]] == ["Bageriet Korn ApS"]
    assert other.get("/scheduling/api/day?date=2013-09-03&coach_id=coach-1").status_code == 403
    assert (refused.status_code, taken.status_code) == (403, 200)


def test_a_lead_opens_and_cancels_courses_of_the_own_municipality(signed_in, library):
    lead = signed_in(Role.LEAD, municipality="dk-0101")
    stranger = signed_in(Role.LEAD, municipality="dk-0751")

    refused = stranger.post("/scheduling/api/sessions", json=COURSE, headers=SAME_ORIGIN)
    opened = lead.post("/scheduling/api/sessions", json=COURSE, headers=SAME_ORIGIN)
    address = f"/scheduling/api/sessions/{opened.get_json()['session_id']}"

    assert (refused.status_code, opened.status_code) == (403, 201)
    assert stranger.delete(address, headers=SAME_ORIGIN).status_code == 403
    assert lead.delete(address, headers=SAME_ORIGIN).status_code == 204
    assert lead.get(address).get_json()["state"] == "cancelled"


def test_the_same_idempotency_key_opens_one_course(operator, library):
    headers = {"Idempotency-Key": "once"}

    first, again = (operator.post("/scheduling/api/sessions", json=COURSE, headers=headers) for _ in range(2))

    assert first.get_json()["session_id"] == again.get_json()["session_id"]


def test_a_coach_and_a_venue_are_kept_one_by_one(operator, library):
    venue = {
        "municipality": "dk-0147",
        "name": "Frederiksberg",
        "address": "Falkoner Plads 3",
        "opening": "mon 10:00-18:00",
    }
    coach = {
        "name": "Bo", "email": "bo@example.dk", "municipalities": ["dk-0147"], "languages": ["da"], "forms": ["desk"],
        "accreditations": {"vat_reporting": "2014-01-01"}, "availability": "mon 10:00-12:00@lib-2",
    }  # fmt: skip

    too_early = operator.put("/scheduling/api/coaches/bo", json=coach)
    kept = (
        operator.put("/scheduling/api/venues/lib-2", json=venue),
        operator.put("/scheduling/api/coaches/bo", json=coach),
    )

    assert (too_early.status_code, too_early.get_json()["errors"][0]["field"]) == (422, "availability")
    assert [answer.status_code for answer in kept] == [200, 200]
    assert operator.get("/scheduling/api/coaches/bo").get_json()["availability"] == "mon 10:00-12:00@lib-2"


def test_being_away_is_told_and_taken_back(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    away = {"starts_at": "2013-09-10T00:00:00Z", "ends_at": "2013-09-11T00:00:00Z"}

    absence = coach.post("/scheduling/api/coaches/coach-1/absences", json=away, headers=SAME_ORIGIN).get_json()
    listed = coach.get("/scheduling/api/coaches/coach-1/absences").get_json()
    address = f"/scheduling/api/coaches/coach-1/absences/{absence['absence_id']}"

    assert [one["absence_id"] for one in listed["items"]] == [absence["absence_id"]]
    assert coach.delete(address, headers=SAME_ORIGIN).status_code == 204
    assert coach.delete(address, headers=SAME_ORIGIN).status_code == 404


@pytest.mark.parametrize("is_page", [True, False])
def test_who_cancels_a_session_stands_in_the_access_log_of_each_case_in_it(signed_in, library, is_page):
    library.at(MONDAY)
    lead = signed_in(Role.LEAD, municipality="dk-0101")
    session_id = library.scalar("SELECT session_id FROM bookings")

    if is_page:
        lead.post(f"/scheduling/sessions/{session_id}/cancel", data={"reason": "illness"})
    else:
        lead.delete(f"/scheduling/api/sessions/{session_id}?reason=illness", headers=SAME_ORIGIN)

    assert library.placement().state == "waiting"
    assert library.rows(CHANGED) == [("staff-1", "case:case-1")]


@pytest.mark.parametrize("is_page", [True, False])
def test_who_is_away_stands_in_the_access_log_of_each_case_that_loses_its_seat(signed_in, library, is_page):
    library.at(MONDAY)
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    away = {"first_date": "2013-09-03", "first_time": "08:00", "last_date": "2013-09-03", "last_time": "18:00"}

    if is_page:
        coach.post("/scheduling/coach/coach-1/absences", data=away)
    else:
        span = {"starts_at": "2013-09-03T00:00:00Z", "ends_at": "2013-09-04T00:00:00Z"}
        coach.post("/scheduling/api/coaches/coach-1/absences", json=span, headers=SAME_ORIGIN)

    assert library.placement().state == "waiting"
    assert library.rows(CHANGED) == [("staff-1", "coach:coach-1"), ("staff-1", "case:case-1")]


def test_a_seat_that_staff_choose_is_chosen_on_behalf(operator, library):
    library.at(MONDAY)
    session_id = library.scalar("SELECT session_id FROM bookings")

    operator.post("/scheduling/api/bookings", json={"case_id": "case-1", "session_id": session_id})

    assert library.rows("SELECT subject, on_behalf_of FROM access_log WHERE action = 'change'") == [
        ("case:case-1", "case:case-1")
    ]


def test_a_wrong_body_names_its_fields(operator, library):
    answer = operator.post("/scheduling/api/sessions", json={**COURSE, "starts_at": "soon", "language": "de"})

    assert answer.status_code == 422
    assert {error["field"] for error in answer.get_json()["errors"]} == {"starts_at", "language"}


def test_staff_book_somebody_in_and_the_line_is_told(operator, library):
    library.hear(an_assessment("case-2", language="sv"))
    session_id = library.scalar("SELECT session_id FROM sessions WHERE taken = 0 AND coach_id = 'coach-1' LIMIT 1")

    line = operator.get("/scheduling/api/waiting?municipality=dk-0101").get_json()
    unfit = operator.post("/scheduling/api/bookings", json={"case_id": "case-2", "session_id": session_id})

    assert [(one["case_id"], one["place"]) for one in line["items"]] == [("case-2", 1)]
    assert (unfit.status_code, unfit.get_json()["reason"]) == (409, "language_not_spoken")


AWAY = {"starts_at": "2013-09-24T08:00:00Z", "ends_at": "2013-09-24T16:00:00Z", "reason": "flu"}
AWAY_FORM = {"first_date": "2013-09-24", "first_time": "08:00", "last_date": "2013-09-24", "last_time": "16:00"}


@pytest.mark.parametrize(
    ("call", "sent", "touched"),
    [
        ("GET api/coaches", {}, ("search", "coaches")),
        ("PUT api/coaches", {"data": b"coach_id\n"}, ("change", "coaches")),
        ("GET api/coaches/coach-1", {}, ("read", "coach:coach-1")),
        ("GET api/coaches/coach-1/absences", {}, ("read", "coach:coach-1")),
        ("POST api/coaches/coach-1/absences", {"json": AWAY}, ("change", "coach:coach-1")),
        ("GET coach/coach-1", {}, ("read", "coach:coach-1")),
        ("POST coach/coach-1/absences", {"data": AWAY_FORM}, ("change", "coach:coach-1")),
        ("GET coach/coach-1/course", {}, ("read", "coach:coach-1")),
    ],
)
def test_who_reads_or_changes_a_coach_is_kept(signed_in, library, call, sent, touched):
    method, path = call.split()
    lead = signed_in(Role.LEAD, municipality="dk-0101")

    answer = lead.open(f"/scheduling/{path}", method=method, headers=SAME_ORIGIN, **sent)

    assert answer.status_code < 500
    assert touched in library.rows("SELECT action, subject FROM access_log")
