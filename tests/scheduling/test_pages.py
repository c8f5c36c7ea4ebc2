"""Scheduling's pages: an organisation's seat, a coach's day, a lead's week."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from babel.support import Translations

from services import registration, scheduling
from tests.scheduling.builders import PROGRAMME, a_coach, a_contact, a_venue, an_assessment
from tests.scheduling.conftest import token_of
from web.access import Role


@pytest.fixture
def library(world):
    """A library, a coach, and one organisation with a seat."""
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    return world


def text_of(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.text


def test_an_organisation_sees_its_seat_in_its_own_language(client, library):
    page = text_of(client.get(f"/scheduling/case/{token_of()}"))

    assert 'lang="da"' in page
    assert "10.00" in page
    assert "Bageriet Korn" in page


def test_a_link_that_has_ended_leads_to_having_it_sent_again(client, library):
    page = client.get("/scheduling/case/AAAAAAAAAAAAAAAAAAAAAA", query_string={"language": "en"})

    assert "This link is no longer valid" in text_of(page, 404)
    assert 'href="/registration/find-case">Have the link sent again' in page.text


def test_an_organisation_chooses_another_time(client, library):
    address = f"/scheduling/case/{token_of()}"
    session_id = client.get(f"/scheduling/api/case/{token_of()}").get_json()["free"][1]["session_id"]

    page = client.get(f"{address}/seats")
    chosen = client.post(f"{address}/seats", data={"session_id": session_id}, follow_redirects=True)

    assert session_id in text_of(page)
    assert "12.00" in text_of(chosen)
    assert library.scalar("SELECT revision FROM bookings") == 1


def test_a_seat_that_is_gone_is_told_beside_the_list(client, library):
    taken = client.get(f"/scheduling/api/case/{token_of()}").get_json()["free"][0]["session_id"]
    library.hear(an_assessment("case-2"))

    page = client.post(f"/scheduling/case/{token_of()}/seats", data={"session_id": taken})

    assert "error-summary" in text_of(page, 422)


def test_looking_at_the_cancel_page_cancels_nothing(client, library):
    address = f"/scheduling/case/{token_of()}/cancel"

    text_of(client.get(address))
    before = library.placement().state
    text_of(client.post(address, follow_redirects=True))

    assert (before, library.placement().state) == ("booked", "unplaced")


def test_who_waits_reads_the_place_in_line(client, world):
    world.hear(a_contact("case-1"), a_contact("case-2"), an_assessment("case-1"), an_assessment("case-2"))

    page = text_of(client.get(f"/scheduling/case/{token_of('case-2')}?language=en"))

    assert "number 2 in line in København" in page


def test_a_coach_sees_the_day_and_records_it(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    library.at(datetime(2013, 9, 3, 9, 0, tzinfo=UTC))
    booking_id = library.scalar("SELECT booking_id FROM bookings")

    day = text_of(coach.get("/scheduling/day"))
    refused = text_of(coach.post(f"/scheduling/bookings/{booking_id}", data={"attended": "yes"}), 422)
    saved = coach.post(
        f"/scheduling/bookings/{booking_id}",
        data={
            "attended": "yes",
            "achieved-digital_signature": "yes", "before-digital_signature": "0", "after-digital_signature": "2",
            "achieved-digital_mailbox": "no", "before-digital_mailbox": "1", "after-digital_mailbox": "1",
        },
    )  # fmt: skip

    assert "Bageriet Korn" in day
    assert "+4520123456" in day
    assert "achieved-digital_signature" in refused
    assert saved.status_code == 303
    assert library.scalar("SELECT state FROM bookings") == "attended"
    assert library.scalar("SELECT count(*) FROM access_log WHERE subject = 'case:case-1'") >= 2


def test_a_booking_is_to_be_recorded_from_its_day_on(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    addresses = (
        "/scheduling/day?language=en&date=2013-09-03",
        f"/scheduling/sessions/{library.scalar('SELECT session_id FROM bookings')}?language=en",
    )

    before = [text_of(coach.get(address)) for address in addresses]
    library.later(days=1)
    then = [text_of(coach.get(address)) for address in addresses]

    assert [">Booked<" in page for page in before + then] == [True, True, False, False]
    assert [">To be recorded<" in page for page in before + then] == [False, False, True, True]


def test_a_coachs_own_day_says_on_paper_whose_it_is(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101", name="")

    page = text_of(coach.get("/scheduling/day?date=2013-09-03"))
    sheet = text_of(coach.get("/scheduling/static/scheduling.css"))

    assert '<p class="frist-lead only-printed">Karen Holm</p>' in page
    assert ".only-printed { display: block; }" in sheet.partition("@media print")[2]


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_a_coach_answers_on_the_scale_that_the_organisation_was_asked_on(signed_in, library, language):
    library.later(days=1)
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    catalogue = Path(registration.__file__).parent / "pages" / "translations"
    asked = Translations.load(catalogue, [language])

    page = text_of(coach.get(f"/scheduling/bookings/{library.placement().booking_id}?language={language}"))

    offered = re.findall(r'for="after-digital_mailbox-\d">([^<]+)<', page)
    assert offered == [asked.gettext(level) for level in ("Not at all", "With help", "Mostly", "Yes, without help")]


def test_a_coach_does_not_see_another_coachs_day(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-2", municipality="dk-0101")

    answer = coach.get("/scheduling/day?coach_id=coach-1")

    assert answer.status_code == 403


def test_a_lead_sees_the_own_municipality_only(signed_in, library):
    lead = signed_in(Role.LEAD, municipality="dk-0101")

    assert lead.get("/scheduling/capacity").status_code == 302
    assert "Karen Holm" in text_of(lead.get("/scheduling/municipality/dk-0101"))
    assert lead.get("/scheduling/municipality/dk-0751").status_code == 403


def test_a_lead_books_somebody_in_at_the_desk_without_notice(signed_in, world):
    world.hear(a_contact(), an_assessment())
    world.at(datetime(2013, 9, 3, 7, 30, tzinfo=UTC))
    world.has(a_venue(), a_coach(blocks=(a_coach().blocks[0],)))
    world.hear(an_assessment("case-2", sequence=3))
    lead = signed_in(Role.LEAD, municipality="dk-0101")
    session_id = world.scalar("SELECT session_id FROM sessions ORDER BY starts_at LIMIT 1")

    page = text_of(lead.get("/scheduling/cases/case-1/seat"))
    answer = lead.post("/scheduling/cases/case-1/seat", data={"session_id": session_id})

    assert session_id in page
    assert answer.status_code == 303
    assert world.scalar("SELECT starts_at FROM bookings WHERE case_id = 'case-1'") == datetime(
        2013, 9, 3, 8, 0, tzinfo=UTC
    )


def test_a_lead_cancels_a_session_with_a_reason(signed_in, library):
    lead = signed_in(Role.LEAD, municipality="dk-0101")
    session_id = library.scalar("SELECT session_id FROM bookings")
    address = f"/scheduling/sessions/{session_id}/cancel"

    without_reason = lead.post(address)
    with_reason = lead.post(address, data={"reason": "illness"}, follow_redirects=True)

    assert without_reason.status_code == 422
    text_of(with_reason)
    assert library.placement().state == "waiting"


def test_hours_are_told_as_every_other_time(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")

    page = text_of(coach.get("/scheduling/coach/coach-1?language=da"))

    assert "</strong> 10.00" in page
    assert "Skranke" in page


@pytest.mark.parametrize(
    ("language", "familiar"), [("da", "du|dig|din|dit|dine|mig"), ("sv", "du|dig|din|ditt|dina|mig")]
)
def test_organisations_are_spoken_to_in_one_form(language, familiar):
    catalogue = Path(scheduling.__file__).parent / "pages" / "translations" / language / "LC_MESSAGES" / "messages.po"
    said = [str(entry.string) for entry in read_po(catalogue.open("rb"))]

    assert [text for text in said if re.search(rf"\b({familiar})\b", text, re.IGNORECASE)] == []


def test_a_coach_keeps_the_own_week_and_is_away(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    hours = {"weekday": "3", "opens": "09:00", "closes": "12:00", "venue_id": "lib-0101"}
    away = {"first_date": "2013-09-03", "first_time": "08:00", "last_date": "2013-09-03", "last_time": "18:00"}

    text_of(coach.get("/scheduling/coach/coach-1"))
    added = coach.post("/scheduling/coach/coach-1/blocks", data=hours)
    library.tick()
    gone = coach.post("/scheduling/coach/coach-1/absences", data=away, follow_redirects=True)

    assert added.status_code == 303
    assert library.scalar("SELECT count(*) FROM sessions WHERE extract(isodow FROM day) = 4") == 6
    assert "2013" in text_of(gone)
    assert library.placement().state == "waiting"


def test_a_coach_opens_a_course(signed_in, library):
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    course = {
        "date": "2013-09-05", "time": "13:00", "venue_id": "lib-0101", "level": "beginner", "language": "da",
    }  # fmt: skip

    text_of(coach.get("/scheduling/coach/coach-1/course"))
    answer = coach.post("/scheduling/coach/coach-1/course", data=course)

    assert answer.status_code == 303
    assert library.rows("SELECT form, seats, level, programme_id FROM sessions WHERE form = 'course'") == [
        ("course", 8, "beginner", PROGRAMME)
    ]


def test_a_course_that_is_refused_takes_no_hours(signed_in, library):
    """Somebody has a seat in that time, and the free hours beside it had given way already."""
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    at = library.scalar("SELECT to_char(starts_at AT TIME ZONE 'Europe/Copenhagen', 'HH24:MI') FROM bookings")
    course = {"date": "2013-09-03", "time": at, "venue_id": "lib-0101", "level": "beginner", "language": "da"}
    hours = "SELECT session_id FROM sessions WHERE state <> 'cancelled' ORDER BY session_id"
    before = library.rows(hours)

    answer = coach.post("/scheduling/coach/coach-1/course", data=course)

    assert answer.status_code == 422
    assert library.rows(hours) == before


def test_staff_who_may_open_a_case_find_the_way_to_it(signed_in, library):
    library.hear(a_contact("case-2"), an_assessment("case-2", language="sv"))
    lead = signed_in(Role.LEAD, municipality="dk-0101")
    coach = signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")
    day = "/scheduling/day?coach_id=coach-1&date=2013-09-03"
    session = f"/scheduling/sessions/{library.scalar('SELECT session_id FROM bookings')}"

    seen = [text_of(lead.get(address)) for address in (day, session, "/scheduling/cases/case-1/seat")]
    line = text_of(lead.get("/scheduling/municipality/dk-0101/waiting"))
    without = [text_of(coach.get(address)) for address in (day, session)]

    assert ['href="/registration/cases/case-1"' in page for page in seen + without] == [True] * 3 + [False] * 2
    assert 'href="/registration/cases/case-2"' in line


def test_a_visitor_from_next_door_is_shown_without_the_case(signed_in, library):
    library.hear(a_contact("next", municipality="dk-0147"), an_assessment("next", municipality="dk-0147"))
    session_id = library.scalar("SELECT session_id FROM bookings WHERE case_id = 'next'")
    address = f"/scheduling/sessions/{session_id}"

    lead = text_of(signed_in(Role.LEAD, municipality="dk-0101").get(address))
    operator = text_of(signed_in(Role.OPERATOR).get(address))

    assert ["/registration/cases/next" in page for page in (lead, operator)] == [False, True]


def test_an_operator_sees_the_country(signed_in, library):
    page = text_of(signed_in(Role.OPERATOR).get("/scheduling/capacity"))

    assert "Frederiksberg" in page


def test_the_line_shows_places_and_reasons(signed_in, world):
    world.hear(a_contact(), an_assessment())

    page = text_of(
        signed_in(Role.LEAD, municipality="dk-0101").get("/scheduling/municipality/dk-0101/waiting?language=en")
    )

    assert "Bageriet Korn" in page
    assert "No seat fits yet" in page
