"""Scheduling over HTTP: venues and coaches come in, organisations choose, coaches record."""

from tests.scheduling.builders import a_coach, a_contact, a_venue, an_assessment
from tests.scheduling.conftest import token_of

VENUES = """venue_id,municipality,name,address,opening
lib-0101,dk-0101,Hovedbiblioteket,"Krystalgade 15, 1172 København K",mon-fri 10:00-18:00; sat 10:00-14:00
lib-0147,dk-0147,Frederiksberg Bibliotek,"Falkoner Plads 3, 2000 Frederiksberg",
"""
COACHES = """coach_id,name,email,municipalities,languages,forms,accreditations,availability
c-1,Karen Holm,karen@example.dk,dk-0101;dk-0147,da;en,desk;visit,digital_signature:2014-12-31;digital_mailbox:2014-12-31,tue 10:00-14:00@lib-0101=desk; wed 9:00-15:00@lib-0147
"""


def imported(operator, kind, text):
    return operator.put(f"/scheduling/api/{kind}", data=text.encode(), content_type="text/csv").get_json()


def test_venues_and_coaches_come_in_as_csv_and_again_without_a_change(operator, world):
    first = imported(operator, "venues", VENUES), imported(operator, "coaches", COACHES)
    again = imported(operator, "venues", VENUES), imported(operator, "coaches", COACHES)
    world.tick()

    assert [(report["rows"], report["changed"], report["refused"]) for report in first] == [(2, 2, 0), (1, 1, 0)]
    assert [(report["changed"], report["unchanged"]) for report in again] == [(0, 2), (0, 1)]
    assert world.rows("SELECT municipality, form, count(*) FROM sessions GROUP BY 1, 2 ORDER BY 1, 2") == [
        ("dk-0101", "desk", 8),
        ("dk-0147", "desk", 4),
        ("dk-0147", "visit", 4),
    ]


def test_a_row_that_cannot_be_read_is_told_with_its_line_and_the_others_are_kept(operator):
    imported(operator, "venues", VENUES)
    rows = (
        COACHES
        + "c-2,Bo,bo@example.dk,dk-0101,da,desk,digital_mailbox,\n"
        + COACHES.splitlines()[1].replace("c-1", "c-3")
    )

    report = imported(operator, "coaches", rows)

    assert (report["rows"], report["changed"], report["refused"]) == (3, 2, 1)
    assert report["refusals"][0]["line"] == 3
    assert report["refusals"][0]["field"] == "accreditations"


def test_a_file_without_the_right_first_line_is_refused_whole(operator):
    answer = operator.put("/scheduling/api/venues", data=b"a,b\n1,2\n", content_type="text/csv")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "venue_id"


def test_an_organisation_sees_its_seat_chooses_another_and_cancels(client, world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    address = f"/scheduling/api/case/{token_of()}"

    seen = client.get(address).get_json()
    other = seen["free"][0]["session_id"]
    moved = client.post(f"{address}/booking", json={"session_id": other}).get_json()
    gone = client.delete(f"{address}/booking").get_json()

    assert seen["state"] == "booked"
    assert moved["booking"]["booking_id"] == seen["booking"]["booking_id"]
    assert (moved["booking"]["revision"], moved["booking"]["session"]["session_id"]) == (1, other)
    assert gone["state"] == "unplaced"
    assert world.scalar("SELECT count(*) FROM access_log WHERE subject = 'case:case-1' AND action = 'change'") == 2


def test_an_unknown_link_finds_nothing(client):
    answer = client.get(f"/scheduling/api/case/{token_of('another')}")

    assert answer.status_code == 404
    assert answer.get_json()["type"] == "/problems/link_unknown"


def test_a_day_of_everybody_comes_page_by_page_and_is_recorded(operator, world):
    world.has(a_venue(), a_coach())
    world.hear(*(an_assessment(f"case-{number}") for number in range(3)))
    world.later(days=1, hours=6)

    first = operator.get("/scheduling/api/day?date=2013-09-03&limit=2").get_json()
    second = operator.get(f"/scheduling/api/day?date=2013-09-03&limit=2&after={first['next']}").get_json()
    for visitor in first["items"] + second["items"]:
        answer = operator.post(
            f"/scheduling/api/bookings/{visitor['booking_id']}/attendance", json={"attended": True, "outcomes": []}
        )
        assert answer.get_json()["state"] == "attended"

    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    assert world.scalar("SELECT count(*) FROM outbox WHERE type = 'scheduling.session_held.v1'") == 3
