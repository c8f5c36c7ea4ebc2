"""Runs every rule."""

from collections.abc import Mapping
from typing import Any

from operations.rehearsal.rules.cases import case_rules
from operations.rehearsal.rules.rule import Breach, Databases, Rule, SqlRule, breach_of
from operations.rehearsal.rules.seats import SEAT_RULES
from operations.rehearsal.rules.told import telling_rules

SERVICES = ("registration", "scheduling", "notifications", "reporting")

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


def all_rules(definition: dict[str, Any], organisations: int) -> list[Rule]:
    """The rules that a finished rehearsal of a programme has to meet."""
    return [
        *case_rules(str(definition["programme_id"]), organisations),
        *SEAT_RULES,
        *telling_rules(definition),
        *DELIVERY_RULES,
    ]


def broken_rules(urls: Mapping[str, str], definition: dict[str, Any], organisations: int) -> tuple[int, list[Breach]]:
    """How many rules were looked at, and the breaches found."""
    rules = all_rules(definition, organisations)
    databases = Databases(urls)
    try:
        found = [breach_of(rule, databases) for rule in rules]
    finally:
        databases.close()
    return len(rules), [breach for breach in found if breach is not None]
