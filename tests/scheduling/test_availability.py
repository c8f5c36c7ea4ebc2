"""Sessions are cut out of a coach's week: wall-clock hours, real lengths, and only what the coach may teach that day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.availability import Absence, CoachWeek, slots
from services.scheduling.domain.week import WeeklyHours
from tests.scheduling.builders import TOPICS, a_block, the_rules

LONG_AGO = datetime(2013, 1, 1, tzinfo=UTC)
TUESDAY = date(2013, 9, 3)


def a_week(*blocks, **changes):
    facts = {
        "coach_id": "coach-1",
        "forms": ("desk",),
        "accreditations": dict.fromkeys(TOPICS, date(2014, 12, 31)),
        "blocks": blocks or (a_block(),),
    }
    return CoachWeek(**{**facts, **changes})


def made(week, *days, now=LONG_AGO, **rules):
    return list(slots(week, the_rules(**rules), days or (TUESDAY,), now))


def test_desk_sessions_have_their_length_and_the_pause_between_them():
    starts = [(slot.starts_at, slot.ends_at) for slot in made(a_week())]

    eight = datetime(2013, 9, 3, 8, 0, tzinfo=UTC)
    hours = [eight + timedelta(hours=number) for number in range(4)]
    assert starts == [(hour, hour + timedelta(minutes=45)) for hour in hours]


def test_two_forms_take_turns_in_a_block():
    week = a_week(a_block(opens=time(9), closes=time(15)), forms=("desk", "visit"))

    forms = [(slot.form, slot.starts_at.hour + 2) for slot in made(week)]

    assert forms == [("desk", 9), ("visit", 10), ("desk", 12), ("visit", 13)]


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change():
    week = a_week(a_block(weekday=4), a_block(weekday=0))

    friday, monday = made(week, date(2013, 10, 25))[0], made(week, date(2013, 10, 28))[0]

    assert friday.starts_at == datetime(2013, 10, 25, 8, 0, tzinfo=UTC)
    assert monday.starts_at == datetime(2013, 10, 28, 9, 0, tzinfo=UTC)


def test_the_night_of_the_change_has_an_hour_more_and_every_session_its_full_length():
    week = a_week(a_block(weekday=6, opens=time(1), closes=time(5)))

    autumn, spring = made(week, date(2013, 10, 27)), made(week, date(2014, 3, 30))

    assert (len(autumn), len(spring)) == (5, 3)
    assert {slot.ends_at - slot.starts_at for slot in autumn + spring} == {timedelta(minutes=45)}


def test_the_last_day_before_the_deadline_is_whole():
    week = a_week(a_block(weekday=3, opens=time(20), closes=time(23, 59)))
    rules = the_rules()

    last = made(week, date(2013, 10, 31))[-1]

    assert last.ends_at <= rules.deadline_at == datetime(2013, 10, 31, 23, 0, tzinfo=UTC)


def test_a_venue_that_is_closed_makes_no_sessions():
    week = a_week(openings={"lib-0101": [WeeklyHours(1, time(11), time(13)), WeeklyHours(2, time(9), time(17))]})

    starts = [slot.starts_at.hour + 2 for slot in made(week)]

    assert starts == [11, 12]


def test_an_accreditation_counts_on_its_last_day_and_not_after():
    week = a_week(accreditations={"digital_signature": TUESDAY, "digital_mailbox": date(2013, 12, 31)})

    on_the_day, week_after = made(week)[0], made(week, TUESDAY + timedelta(days=7))[0]

    assert on_the_day.topics == ("digital_mailbox", "digital_signature")
    assert week_after.topics == ("digital_mailbox",)


def test_a_coach_without_accreditation_has_no_sessions():
    assert made(a_week(accreditations={})) == []


def test_absences_and_validity_leave_sessions_out():
    noon = datetime(2013, 9, 3, 10, 0, tzinfo=UTC)
    away = a_week(absences=[Absence(noon, noon + timedelta(minutes=1))])
    later = a_week(a_block(valid_from=date(2013, 9, 4)))

    assert [slot.starts_at.hour + 2 for slot in made(away)] == [10, 11, 13]
    assert made(later) == []


def test_what_has_begun_is_not_made():
    assert len(made(a_week(), now=datetime(2013, 9, 3, 9, 30, tzinfo=UTC))) == 2


@given(
    st.dates(date(2013, 8, 15), date(2014, 4, 1)),
    st.integers(0, 22),
    st.integers(1, 12),
    st.sampled_from([("desk",), ("visit",), ("desk", "visit")]),
)
def test_sessions_of_a_block_never_touch_and_never_leave_it(day, opens, length, forms):
    block = a_block(weekday=day.weekday(), opens=time(opens), closes=time(min(opens + length, 23), 59))
    rules = the_rules()

    cut = made(a_week(block, forms=forms), day)

    for one, following in pairwise(cut):
        assert following.starts_at - one.ends_at == rules.help_forms[one.form].gap
    for slot in cut:
        assert slot.ends_at - slot.starts_at == rules.help_forms[slot.form].length
        assert slot.starts_at.astimezone(rules.zone).date() == day
        assert slot.ends_at.astimezone(rules.zone).date() == day
