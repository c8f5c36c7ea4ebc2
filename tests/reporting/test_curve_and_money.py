"""The model of arrivals, and what sessions earn."""

from datetime import date, timedelta

import pytest

from services.reporting.domain.curve import fit, share_of_day
from services.reporting.domain.money import lines, shared, subsidy

START, TARGET = date(2013, 8, 15), date(2013, 11, 1)
DAYS = [START + timedelta(days=number) for number in range((TARGET - START).days)]


def arrivals(scale: float, delta: float) -> dict[date, int]:
    return {day: round(scale * share_of_day(day, TARGET, delta)) for day in DAYS}


def test_the_curve_goes_through_what_has_arrived() -> None:
    seen = arrivals(2000, 5)

    model = fit({day: seen[day] for day in DAYS[:60]}, START, TARGET, DAYS[60])

    assert model is not None
    assert model.expected_total == pytest.approx(sum(seen.values()), rel=0.01)


@pytest.mark.parametrize("delta", [1.0, 5.0, 12.0])
def test_the_fitted_delta_is_the_one_that_made_the_arrivals(delta: float) -> None:
    model = fit(arrivals(50_000, delta), START, TARGET, TARGET)

    assert model is not None
    assert model.fitted_delta == pytest.approx(delta, abs=0.5)


def test_today_is_not_over_and_does_not_bend_the_curve() -> None:
    seen = dict.fromkeys(DAYS[:30], 10)

    assert fit({**seen, DAYS[30]: 500}, START, TARGET, DAYS[30]) == fit(seen, START, TARGET, DAYS[30])


def test_nothing_arrived_gives_no_curve() -> None:
    assert fit({}, START, TARGET, DAYS[30]) is None


def test_the_last_day_weighs_most() -> None:
    weights = [share_of_day(day, TARGET, 5) for day in DAYS]

    assert weights == sorted(weights)


def test_a_ceiling_pays_the_last_line_in_part_and_the_next_not_at_all() -> None:
    sessions = [{"form": "desk", "event_id": f"event-{number}"} for number in range(4)]

    paid = list(lines(sessions, {"desk": 300}, 700))

    assert [line["paid"] for line in paid] == [300, 300, 100, 0]
    assert [line["event_id"] for line in paid] == ["event-0", "event-1", "event-2", "event-3"]
    assert subsidy({"desk": 4}, {"desk": 300}, 700)["paid"] == 700


def test_shares_add_up_to_the_amount_to_the_last_unit() -> None:
    thirds = [{"name": name, "share": 33} for name in "abc"]

    amounts = [part["amount"] for part in shared(100, thirds)]

    assert sum(amounts) == 100
    assert max(amounts) - min(amounts) <= 1
