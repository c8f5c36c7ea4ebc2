"""Runs every rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frist_contracts.delivery import SERVICES
from operations.rehearsal.rules.access import ACCESS_RULES, erasure_rules
from operations.rehearsal.rules.cases import case_rules
from operations.rehearsal.rules.published import Told, published_rules
from operations.rehearsal.rules.rule import Breach, Databases, Rule, SqlRule, breach_of
from operations.rehearsal.rules.seats import SEAT_RULES
from operations.rehearsal.rules.told import telling_rules


@dataclass(frozen=True)
class Known:
    """What who rehearses knows from outside: how many take part, what the erased had, and what everybody is told."""

    organisations: int
    traces_of_erased: Sequence[str] = ()
    told: Sequence[Told] = ()


DELIVERY_RULES = tuple(
    rule
    for service in SERVICES
    for rule in (
        SqlRule(f"Nothing is parked in {service}.", service, "SELECT type, reason FROM parked WHERE state = 'parked'"),
        SqlRule(f"Nothing waits to be tried again in {service}.", service, "SELECT type, reason FROM retries"),
        SqlRule(
            f"Every event of {service} went out.",
            service,
            "SELECT type, count(*) AS events FROM outbox WHERE published_at IS NULL GROUP BY type",
        ),
    )
)


def all_rules(definition: dict[str, Any], known: Known) -> list[Rule]:
    """The rules that a finished rehearsal of a programme has to meet."""
    return [
        *case_rules(str(definition["programme_id"]), known.organisations),
        *SEAT_RULES,
        *telling_rules(definition),
        *ACCESS_RULES,
        *erasure_rules(known.traces_of_erased),
        *published_rules(definition, known.told),
        *DELIVERY_RULES,
    ]


def broken_rules(urls: Mapping[str, str], definition: dict[str, Any], known: Known) -> tuple[int, list[Breach]]:
    """How many rules were looked at, and the breaches found."""
    rules = all_rules(definition, known)
    databases = Databases(urls)
    try:
        found = [breach_of(rule, databases) for rule in rules]
    finally:
        databases.close()
    return len(rules), [breach for breach in found if breach is not None]
