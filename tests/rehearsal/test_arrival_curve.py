"""People act late: the model of arrivals against its own sums."""

from datetime import date
from itertools import pairwise

import pytest

from operations.rehearsal.world.arrival_curve import arrival_curve
from operations.rehearsal.world.chance import Chance

STARTS_ON, DEADLINE = date(2013, 8, 15), date(2013, 11, 1)


def test_arrivals_rise_to_the_deadline_and_fall_after_it() -> None:
    curve = arrival_curve(STARTS_ON, 108, DEADLINE)
    before, after = curve.shares[:78], curve.shares[78:]

    assert all(later > earlier for earlier, later in pairwise(before))
    assert all(later < earlier for earlier, later in pairwise(after))
    assert sum(before) == pytest.approx(0.72)


def test_the_share_of_the_last_week_is_that_of_the_model() -> None:
    curve = arrival_curve(STARTS_ON, 108, DEADLINE)

    assert sum(curve.shares[71:78]) / sum(curve.shares[:78]) == pytest.approx(0.312, abs=0.002)


def test_the_tail_is_longer_than_the_replay_and_some_never_come() -> None:
    curve = arrival_curve(STARTS_ON, 108, DEADLINE)

    assert 0.10 < 1 - sum(curve.shares) < 0.13
    assert 1 - sum(arrival_curve(STARTS_ON, 156, DEADLINE).shares) == pytest.approx(0.04)


def test_without_a_deadline_arrivals_are_even() -> None:
    curve = arrival_curve(date(2001, 4, 1), 108, None)

    assert len(set(curve.shares)) == 1
    assert sum(curve.shares) == pytest.approx(0.96)


def test_days_are_drawn_as_the_curve_says() -> None:
    curve = arrival_curve(STARTS_ON, 108, DEADLINE)

    days = [curve.day_for(Chance(1, f"organisation-{number}")) for number in range(5000)]

    assert sum(day is None for day in days) / 5000 == pytest.approx(1 - sum(curve.shares), abs=0.02)
    in_time = [day for day in days if day is not None and day < DEADLINE]
    assert len(in_time) / 5000 == pytest.approx(0.72, abs=0.02)
    assert min(in_time) >= STARTS_ON


def test_a_decision_depends_on_who_and_what_and_nothing_else() -> None:
    one = Chance(1, "a")

    first = [one.share("x"), one.share("y")]

    assert [one.share("y"), one.share("x")] == first[::-1]
    assert one.share("x") != Chance(2, "a").share("x") != Chance(2, "b").share("x")
