"""A refused course is told beside a field that the form has, in the reader's language; so is what became of a booking."""

from datetime import date

import pytest

from tests.scheduling.builders import TOPICS, a_coach, a_contact, a_programme, a_venue, an_assessment
from web.access import Role

COURSE = {"date": "2013-09-05", "time": "13:00", "venue_id": "lib-0101", "level": "beginner", "language": "da"}


@pytest.fixture
def coach(signed_in):
    """The coach who opens the course."""
    return signed_in(Role.COACH, coach_id="coach-1", municipality="dk-0101")


def refused(coach, told_in="en", **changes):
    answer = coach.post(f"/scheduling/coach/coach-1/course?language={told_in}", data={**COURSE, **changes})
    assert answer.status_code == 422, answer.text
    return answer.text


def test_a_time_that_cannot_be_is_told_beside_the_time(world, coach):
    world.has(a_venue(), a_coach())

    page = refused(coach, date="2013-08-20")

    assert '<a href="#time">Begins at: Choose a time ahead' in page
    assert 'id="time-error"' in page
    assert "#starts_at" not in page


def test_a_time_that_is_taken_is_told_beside_the_time(world, coach):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())

    page = refused(coach, date="2013-09-03", time="10:00")

    assert 'id="time-error"' in page


def test_a_day_that_the_coach_may_not_teach_on_is_told_beside_the_day(world, coach):
    world.has(a_venue(), a_coach(accreditations=dict.fromkeys(TOPICS, date(2013, 9, 4))))

    page = refused(coach)

    assert '<a href="#date">Day: The coach is not accredited' in page
    assert 'id="date-error"' in page


def test_what_no_field_shows_is_told_above_the_form_without_a_link(world, coach):
    world.has(a_venue(), a_coach(forms=("desk",)))

    page = refused(coach)

    assert "<li>The coach does not give this kind of help" in page


@pytest.mark.parametrize("language", ["da", "sv"])
def test_why_a_course_is_refused_is_told_in_the_readers_language(world, coach, language):
    forms = {"course": {"minutes": 180, "seats": 8, "levels": ["beginner"]}}
    world.hear(a_programme(sequence=2, help_forms=forms))
    world.has(a_venue(), a_coach(blocks=(), accreditations=dict.fromkeys(TOPICS, date(2013, 9, 4))))

    pages = [refused(coach, language, **changes) for changes in ({"level": "advanced"}, {"language": "sv"}, {})]

    english = ("Choose a level", "Choose a language", "not accredited")
    assert [told in page for told, page in zip(english, pages, strict=True)] == [False] * 3


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("da", "Skriv et tidspunkt mellem 1990 og 2199."),
        ("sv", "Skriv en tidpunkt mellan 1990 och 2199."),
        ("en", "Write a time between 1990 and 2199."),
    ],
)
def test_a_time_that_no_calendar_reckons_with_is_refused_in_the_readers_language(world, coach, language, sentence):
    world.has(a_venue(), a_coach())
    midnight = {"date": "1990-01-01", "time": "00:00"}
    away = {"first_date": "1990-01-01", "first_time": "00:00", "last_date": "2013-09-03", "last_time": "18:00"}

    course = refused(coach, language, **midnight)
    absence = coach.post(f"/scheduling/coach/coach-1/absences?language={language}", data=away)

    assert absence.status_code == 422
    assert [sentence in page for page in (course, absence.text)] == [True, True]


def test_a_program_is_told_which_topics_the_coach_lacks(world, operator):
    world.has(a_venue(), a_coach(accreditations={"digital_mailbox": date(2014, 12, 31)}))
    body = {
        "programme_id": "dk-digital-post-2013", "coach_id": "coach-1", "venue_id": "lib-0101", "level": "beginner",
        "language": "da", "starts_at": "2013-09-05T08:00:00Z", "topics": list(TOPICS),
    }  # fmt: skip

    answer = operator.post("/scheduling/api/sessions", json=body).get_json()

    assert answer["not_accredited"] == ["digital_signature", "vat_reporting"]


@pytest.mark.parametrize(("language", "word"), [("da", "Aflyst"), ("sv", "Inställt"), ("en", "Cancelled")])
def test_that_a_booking_was_cancelled_is_told_in_the_readers_language(world, coach, language, word):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    booking_id = world.placement().booking_id
    coach.post("/scheduling/cases/case-1/seat/cancel")

    page = coach.get(f"/scheduling/bookings/{booking_id}?language={language}").text

    assert f">{word}<" in page
    assert ">cancelled<" not in page
