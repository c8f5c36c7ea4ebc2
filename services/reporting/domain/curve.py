"""The curve of arrivals before a deadline: the rate follows 1/(days left + δ).

Source: Alfi, Parisi, Pietronero, Nature Physics 3 (2007) 746. δ = 5 days fits the British tax returns of 2006 and 2026 and
the Belgian e-invoicing of 2026; δ is also fitted here to what this programme has seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log

DELTA_DAYS = 5.0
_DELTAS = [step / 2 for step in range(1, 81)]
_FEWEST_DAYS = 14
_FEWEST_ARRIVALS = 100


@dataclass(frozen=True)
class Model:
    """The fitted curve: arrivals expected on each day, all of them by the target, and the δ that fits best."""

    expected: dict[date, float]
    expected_total: float
    fitted_delta: float | None


def share_of_day(day: date, target: date, delta: float) -> float:
    """The curve's integral over one day before the target, up to a scale."""
    days_left = (target - day).days
    return log((days_left + delta) / (days_left - 1 + delta))


def fit(arrivals: Mapping[date, int], starts_on: date, target: date, today: date) -> Model | None:
    """Scale the curve to what has arrived on the days that are over; None before there is anything to scale to."""
    days = days_between(starts_on, target - timedelta(days=1))
    over = [day for day in days if day < today]
    arrived = sum(arrivals.get(day, 0) for day in over)
    if not arrived:
        return None
    scale = arrived / sum(share_of_day(day, target, DELTA_DAYS) for day in over)
    expected = {day: scale * share_of_day(day, target, DELTA_DAYS) for day in days}
    return Model(expected, sum(expected.values()), _likeliest_delta(arrivals, over, target))


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _likeliest_delta(arrivals: Mapping[date, int], over: Sequence[date], target: date) -> float | None:
    """The δ under which the days' arrivals are likeliest; None while they are too few to tell."""
    if len(over) < _FEWEST_DAYS or sum(arrivals.get(day, 0) for day in over) < _FEWEST_ARRIVALS:
        return None
    return max(_DELTAS, key=lambda delta: _likelihood(arrivals, over, target, delta))


def _likelihood(arrivals: Mapping[date, int], over: Sequence[date], target: date, delta: float) -> float:
    shares = {day: share_of_day(day, target, delta) for day in over}
    whole = sum(shares.values())
    return sum(number * log(shares[day] / whole) for day, number in arrivals.items() if day in shares)
