"""What came of a rehearsal, in numbers; docs/rehearsal.md says what each counts."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from operations.ledger import LedgerPage
from operations.rehearsal.rules.cases import STATES
from operations.rehearsal.rules.rule import Databases

EVER = {
    "registered": ("registration", "registration.case_registered.v1"),
    "assessed": ("registration", "registration.case_assessed.v1"),
    "booked": ("scheduling", "scheduling.booking_confirmed.v1"),
    "helped": ("scheduling", "scheduling.booking_attended.v1"),
}
"""Cases that ever got this far, by the event that says so in the service's own event log."""


@dataclass(frozen=True)
class Summary:
    """`registered` to `helped` count the cases that ever got there; `fulfilled` to `withdrawn` are today's states."""

    programme: str
    seed: int
    organisations: int
    registered: int
    assessed: int
    booked: int
    helped: int
    fulfilled: int
    waiting: int
    withdrawn: int
    states: dict[str, int]
    bookings: int
    no_shows: int
    messages_sent: int
    emails: int
    sms: int
    letters: int
    surveys: int
    satisfied_share: float
    events_published: int
    events_owed: int
    events_applied: int
    missing: int
    parked: int
    requests: int
    rules_checked: int
    broken_rules: list[str]
    killed: list[str]
    seconds: float
    seconds_by_phase: dict[str, float]

    def write(self, path: Path) -> None:
        """Keep the summary as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def count_all(databases: Databases, programme_id: str, page: LedgerPage) -> dict[str, Any]:
    """All figures that come from the databases and the ledger."""
    states = _states(databases, programme_id)
    sent = _sent(databases)
    answers = databases.rows(
        "reporting", "SELECT count(*) AS n, count(*) FILTER (WHERE score >= 4) AS good FROM survey_answers"
    )
    return {
        "organisations": sum(states.values()),
        **{name: _ever(databases, service, event) for name, (service, event) in EVER.items()},
        **{state: states[state] for state in ("fulfilled", "waiting", "withdrawn")},
        "states": states,
        "bookings": _events(databases, "scheduling", "scheduling.booking_confirmed.v1"),
        "no_shows": _events(databases, "scheduling", "scheduling.booking_missed.v1"),
        "messages_sent": sum(sent.values()),
        "emails": sent.get("email", 0),
        "sms": sent.get("sms", 0),
        "letters": sent.get("letter", 0),
        "surveys": answers[0]["n"],
        "satisfied_share": round(answers[0]["good"] / answers[0]["n"], 3) if answers[0]["n"] else 0.0,
        "events_published": sum(
            databases.rows(service, "SELECT count(*) AS n FROM outbox")[0]["n"]
            for service in ("registration", "scheduling", "notifications", "reporting")
        ),
        "events_owed": page.total("published"),
        "events_applied": page.total("applied"),
        "missing": page.total("missing"),
        "parked": page.total("parked"),
    }


def _states(databases: Databases, programme_id: str) -> dict[str, int]:
    query = "SELECT state, count(*) AS n FROM cases WHERE programme_id = %(programme)s GROUP BY state"
    found = {row["state"]: row["n"] for row in databases.rows("registration", query, {"programme": programme_id})}
    return {state: found.get(state, 0) for state in STATES}


def _ever(databases: Databases, service: str, event: str) -> int:
    query = "SELECT count(DISTINCT subject) AS n FROM outbox WHERE type = %(type)s"
    return int(databases.rows(service, query, {"type": event})[0]["n"])


def _events(databases: Databases, service: str, event: str) -> int:
    return int(
        databases.rows(service, "SELECT count(*) AS n FROM outbox WHERE type = %(type)s", {"type": event})[0]["n"]
    )


def _sent(databases: Databases) -> dict[str, int]:
    query = "SELECT channel, count(*) AS n FROM messages WHERE state = 'sent' AND case_id IS NOT NULL GROUP BY channel"
    return {row["channel"]: row["n"] for row in databases.rows("notifications", query)}
