"""The whole platform under faults: a random plan, and a broker whose disk is gone. `make faults` carries out many more."""

import signal
import time
from collections.abc import Iterator

import pytest

from operations.ledger.subscriptions import subscribed_types
from tests.faults.field import Field, a_field
from tests.faults.load import Load
from tests.faults.plan import SERVER_FAULTS, Plan
from tests.faults.run import carry_out, faults_found, opened
from tests.faults.servers import family, signal_all
from tests.support.waiting import eventually

REPAIRED_WITHIN_SECONDS = 60
PRODUCER, SURVIVES, DIES = "registration", "reporting", "notifications"


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """The platform on servers that are its own, at its ordinary pace."""
    with a_field(tmp_path_factory.mktemp("field")) as field:
        yield field


A_SEED = 59
"""Web, worker and relay are killed or frozen, database and broker killed, and connections cut."""


def test_nothing_is_lost_or_done_twice_whatever_breaks(field: Field) -> None:
    plan = Plan.of(A_SEED)

    outcome = carry_out(field, plan)

    assert not outcome.faults, f"{outcome}\n{plan}\nagain: python -m tests.faults --seed {A_SEED}"
    assert outcome.accepted.case_ids


def test_what_a_broker_lost_with_its_disk_takes_effect_within_a_minute_of_its_return(field: Field) -> None:
    setting = opened(field, "wiped")
    load = Load(field.platform, setting, 0)
    survivor, victim = (family(running(field, f"{service}-worker")) for service in (SURVIVES, DIES))
    asked = asked_again(field, DIES)
    for listener in (survivor, victim):
        signal_all(listener, signal.SIGSTOP)  # so that much lies in their queues
    load.start()
    try:
        eventually(lambda: only_the_broker_has(field, DIES) > 100, "its queues fill", 60)
        field.broker.wipe()
        signal_all(victim, signal.SIGKILL)  # what a frozen listener was given it has still, unless it dies too
        signal_all(survivor, signal.SIGCONT)
        before = len(load.accepted.case_ids)
        eventually(lambda: len(load.accepted.case_ids) > before, "people register while the broker is away")
        field.broker.start()
        returned = time.monotonic()
    finally:
        accepted = load.finish()

    found = faults_found(field, setting, accepted, patience=REPAIRED_WITHIN_SECONDS)
    seconds = time.monotonic() - returned

    assert not found
    assert seconds < REPAIRED_WITHIN_SECONDS
    assert asked_again(field, DIES) > asked


def running(field: Field, process: str) -> int:
    """The pid of a process, which may be being started again after the last plan."""
    return eventually(lambda: field.platform.pid(process), f"{process} runs") or 0


def only_the_broker_has(field: Field, service: str) -> int:
    """Events for a service that were confirmed and noted as such, so that no relay sends them again, and had no effect."""
    types = [name for name in subscribed_types(service) if name.startswith(f"{PRODUCER}.")]
    told = "SELECT position FROM outbox WHERE published_at IS NOT NULL AND type = ANY(%(types)s)"
    known = "SELECT position FROM inbox WHERE producer = %(producer)s"
    published = {row["position"] for row in field.rows(PRODUCER, told, {"types": types})}
    return len(published - {row["position"] for row in field.rows(service, known, {"producer": PRODUCER})})


def asked_again(field: Field, service: str) -> int:
    """How often a service missed something: else the broker had nothing to lose."""
    return len(field.rows(service, "SELECT 1 FROM outbox WHERE type LIKE '%resend_requested%'"))


def test_a_seed_makes_the_same_plan_again() -> None:
    assert Plan.of(7) == Plan.of(7)
    assert Plan.of(7) != Plan.of(8)


def test_plans_strike_in_every_way() -> None:
    assert {step.fault for seed in range(100) for step in Plan.of(seed).servers} == set(SERVER_FAULTS)
