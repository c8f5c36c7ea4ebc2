"""Subsidies: an amount for each session held, up to a municipality's ceiling, shared by the funders.

Amounts are integers in the currency's minor unit; shares are percent. Every line names the event that earned it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def lines(
    sessions: Iterable[Mapping[str, Any]], rates: Mapping[str, int], ceiling: int | None, earned_before: int = 0
) -> Iterator[dict[str, Any]]:
    """A municipality's sessions in the order they were held, with what each earned and what of it is paid.

    `earned_before` is what those held before the first of them earned.
    """
    for session in sessions:
        earned = rates.get(session["form"], 0)
        paid = earned if ceiling is None else max(0, min(earned, ceiling - earned_before))
        earned_before += earned
        yield {**session, "earned": earned, "paid": paid, "paid_so_far": capped(earned_before, ceiling)}


def subsidy(sessions_by_form: Mapping[str, int], rates: Mapping[str, int], ceiling: int | None) -> dict[str, Any]:
    """What a municipality's sessions add up to."""
    earned = sum(number * rates.get(form, 0) for form, number in sessions_by_form.items())
    return {
        "sessions": sum(sessions_by_form.values()),
        "earned": earned,
        "paid": capped(earned, ceiling),
        "ceiling": ceiling,
        "ceiling_reached": ceiling is not None and earned >= ceiling,
    }


def capped(amount: int, ceiling: int | None) -> int:
    """The amount, or the ceiling where that is less."""
    return amount if ceiling is None else min(amount, ceiling)


def shared(amount: int, funders: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The amount in the funders' shares; what rounding leaves over goes to the largest remainders, so that it adds up."""
    parts = [{"name": funder["name"], "share": funder["share"]} for funder in funders]
    whole = sum(part["share"] for part in parts)
    if not whole:
        return []
    for part in parts:
        part["amount"], part["rest"] = divmod(amount * part["share"], whole)
    left = amount - sum(part["amount"] for part in parts)
    for part in sorted(parts, key=lambda part: -part["rest"])[: int(left)]:
        part["amount"] += 1
    return [{"name": part["name"], "share": part["share"], "amount": int(part["amount"])} for part in parts]
