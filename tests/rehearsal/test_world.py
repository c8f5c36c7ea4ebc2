"""The made-up organisations, libraries and coaches: valid, seeded and spread as told."""

import csv
from collections import Counter

import pytest
from stdnum.dk import cvr
from stdnum.se import orgnr

from operations.rehearsal.world.courses import courses
from operations.rehearsal.world.libraries import coaches, coaches_csv, libraries, venues_csv
from operations.rehearsal.world.national_numbers import NumbersExhaustedError, luhn_digit, swedish_numbers
from tests.rehearsal.builders import DANISH, SWEDISH, a_country, a_programme, some_organisations


def test_danish_numbers_are_valid_unique_and_of_the_unassigned_looking_range() -> None:
    numbers = [one.number for one in some_organisations(3000)]

    assert all(cvr.is_valid(number) for number in numbers)
    assert all(number.startswith("99") for number in numbers)
    assert len(set(numbers)) == 3000


def test_swedish_numbers_are_valid_unique_and_fit_the_legal_form() -> None:
    everybody = some_organisations(1000, SWEDISH)

    assert all(orgnr.is_valid(one.number) for one in everybody)
    assert {(one.kind, one.number[0]) for one in everybody} == {("company", "5"), ("association", "8")}
    assert len({one.number for one in everybody}) == 1000


def test_the_luhn_digit_of_a_published_number() -> None:
    assert luhn_digit("556036079") == 3


def test_asking_for_more_numbers_than_there_are_says_so() -> None:
    with pytest.raises(NumbersExhaustedError, match="ask for fewer"):
        list(swedish_numbers(1, "company"))


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    first, again, other = some_organisations(200), some_organisations(200), some_organisations(200, seed=7)

    assert first == again
    assert [one.number for one in first] != [one.number for one in other]


def test_a_larger_world_begins_with_the_smaller_one() -> None:
    assert some_organisations(300)[:100] == some_organisations(100)


@pytest.mark.parametrize(("programme_id", "language"), [(DANISH, "da"), (SWEDISH, "sv")])
def test_organisations_are_as_varied_as_the_figures_say(programme_id: str, language: str) -> None:
    everybody = some_organisations(4000, programme_id)

    assert sum(one.email is not None for one in everybody) / 4000 == pytest.approx(0.85, abs=0.02)
    assert sum(one.phone is not None for one in everybody) / 4000 == pytest.approx(0.70, abs=0.03)
    assert 0.02 < Counter(one.channel for one in everybody)["letter"] / 4000 < 0.08
    assert Counter(one.language for one in everybody)[language] / 4000 > 0.9
    assert all(one.levels.keys() >= set(one.topics) for one in everybody)


def test_addresses_and_phones_belong_to_one_organisation_each() -> None:
    everybody = some_organisations(3000)

    emails = [one.email for one in everybody if one.email]
    phones = [one.phone for one in everybody if one.phone]

    assert len(set(emails)) == len(emails)
    assert all(email.endswith(".example") and email.isascii() for email in emails)
    assert len(set(phones)) == len(phones)


def test_municipalities_have_organisations_by_their_population() -> None:
    country = a_country()
    everybody = some_organisations(7000)
    counts = Counter(one.municipality for one in everybody)
    people = sum(entry.population for entry in country.municipalities.values())

    expected = 7000 * country.municipalities["dk-0101"].population / people
    assert counts["dk-0101"] == pytest.approx(expected, rel=0.1)
    assert len(counts) >= 96


def test_the_postcode_of_an_organisation_lies_in_its_municipality() -> None:
    places = {code: {place.postcode for place in one.places} for code, one in a_country().municipalities.items()}

    assert all(one.postcode in places[one.municipality] for one in some_organisations(1000))


@pytest.mark.parametrize("programme_id", [DANISH, SWEDISH])
def test_every_municipality_has_a_library_and_a_coach_who_knows_the_duty(programme_id: str) -> None:
    programme = a_programme(programme_id)
    country = a_country(programme.country)

    everybody = coaches(2013, 700, programme, country)

    assert {one.municipality for one in everybody} == set(country.municipalities)
    assert all(set(programme.duty_topics) <= one.accreditations.keys() for one in everybody)
    assert len(libraries(2013, programme, country)) == len(country.municipalities)
    assert len(list(csv.DictReader(coaches_csv(everybody).decode().splitlines()))) == len(everybody)


def test_a_library_row_carries_its_address_and_opening_hours() -> None:
    rows = list(csv.DictReader(venues_csv(libraries(2013, a_programme(), a_country())).decode().splitlines()))

    assert rows[0]["venue_id"] == "dk-0101-library"
    assert rows[0]["name"] == "København Hovedbibliotek"
    assert "mon-fri" in rows[0]["opening"]


def test_capacity_grows_with_the_organisations() -> None:
    def half_days(count: int) -> int:
        return sum(len(one.week) for one in coaches(2013, count, a_programme(), a_country()))

    assert half_days(700) < half_days(7000) < half_days(20_000)


def test_courses_are_opened_at_every_level_on_a_day_the_coach_has_nothing_else() -> None:
    programme, country = a_programme(), a_country()
    opened = courses(programme, country, coaches(2013, 7000, programme, country), 7000)

    assert {course.level for course in opened} == {"beginner", "intermediate", "advanced"}
    for course in opened:
        assert course.day.weekday() not in {stretch.weekday for stretch in course.coach.week}


def test_another_session_is_asked_for_only_while_a_duty_is_open() -> None:
    danish, swedish = a_programme(), a_programme(SWEDISH)

    assert danish.is_left_open_by(["vat_reporting", danish.duty_topics[0]])
    assert not danish.is_left_open_by(["vat_reporting"])
    assert not danish.is_left_open_by([])
    assert not swedish.is_left_open_by(swedish.topics), "any help fulfils there"


@pytest.mark.parametrize(("programme_id", "hour"), [(DANISH, 20), (SWEDISH, 19)])
def test_fridays_are_played_in_the_programmes_quiet_hours_and_all_other_days_before_them(
    programme_id: str, hour: int
) -> None:
    programme = a_programme(programme_id)

    played = {day: programme.end_of(day) for day in programme.days}

    assert {at.hour for day, at in played.items() if day.weekday() == 4} == {hour}
    assert {at.hour for day, at in played.items() if day.weekday() != 4} == {17}


@pytest.mark.parametrize("programme_id", [DANISH, SWEDISH])
def test_no_session_is_on_the_day_after_a_friday(programme_id: str) -> None:
    programme, country = a_programme(programme_id), a_country("dk" if programme_id == DANISH else "se")
    teachers = coaches(2013, 2000, programme, country)

    assert {stretch.weekday for coach in teachers for stretch in coach.week} <= set(range(5))
    assert {course.day.weekday() for course in courses(programme, country, teachers, 2000)} <= set(range(5))
