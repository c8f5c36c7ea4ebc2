"""The whole platform under faults: a random plan, and a broker whose disk is gone. `make faults` carries out many more."""

import signal
import time
from collections.abc import Iterator

import pytest

from operations.queues import Queues
from tests.faults.field import Field, a_field
from tests.faults.load import Load
from tests.faults.plan import SERVER_FAULTS, Plan
from tests.faults.run import carry_out, faults_found, opened
from tests.faults.servers import family, signal_all
from tests.support.waiting import eventually

REPAIRED_WITHIN_SECONDS = 60
LISTENERS = ("reporting", "notifications")


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
    listeners = [family(running(field, f"{service}-worker")) for service in LISTENERS]
    for listener in listeners:
        signal_all(listener, signal.SIGSTOP)  # so that much lies in their queues
    load.start()
    try:
        eventually(lambda: only_the_broker_has(field) > 100, "the listeners' queues fill", 60)
        field.broker.wipe()
        for listener in listeners:
            signal_all(listener, signal.SIGCONT)
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
    assert asked_again(field) > 0


def running(field: Field, process: str) -> int:
    """The pid of a process, which may be being started again after the last plan."""
    return eventually(lambda: field.platform.pid(process), f"{process} runs") or 0


def only_the_broker_has(field: Field) -> int:
    """Messages that lie in the listeners' queues and were given to nobody: what a frozen listener was given it still has."""
    return sum(state.ready or 0 for state in Queues(field.broker.broker).states if state.service in LISTENERS)


def asked_again(field: Field) -> int:
    """How often somebody missed something: else the broker had nothing to lose."""
    return sum(
        len(field.rows(service, "SELECT 1 FROM outbox WHERE type LIKE '%%resend_requested%%'")) for service in LISTENERS
    )


def test_a_seed_makes_the_same_plan_again() -> None:
    assert Plan.of(7) == Plan.of(7)
    assert Plan.of(7) != Plan.of(8)


def test_plans_strike_in_every_way() -> None:
    assert {step.fault for seed in range(100) for step in Plan.of(seed).servers} == set(SERVER_FAULTS)
