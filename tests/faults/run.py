"""One plan carried out under load, and what was found afterwards."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from operations.ledger import Ledger
from operations.ledger.reading import NotSettledError
from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.rules.checks import Known, broken_rules
from tests.faults.field import Field
from tests.faults.invariants import broken
from tests.faults.load import Accepted, Load
from tests.faults.plan import Plan, Step
from tests.support.waiting import eventually
from tests.system.people import Operator
from tests.system.setting import Setting

SETTLING_SECONDS = 90.0
RULES_SECONDS = 60.0
"""What a killed sender had claimed is sent by another half a minute later."""


@dataclass(frozen=True)
class Outcome:
    """What a plan did to the platform; `faults` is empty when every promise held."""

    plan: Plan
    accepted: Accepted
    plan_seconds: float
    settling_seconds: float
    faults: tuple[str, ...]

    def __str__(self) -> str:
        found = "; ".join(self.faults) or "nothing lost, nothing twice"
        return (
            f"seed {self.plan.seed}: {len(self.accepted.case_ids)} registered, {self.accepted.asked_again} requests asked "
            f"again, faults for {self.plan_seconds:.0f} s, settled after {self.settling_seconds:.0f} s: {found}"
        )


def carry_out(field: Field, plan: Plan, say: Callable[[str], None] = lambda _line: None) -> Outcome:
    """Open a programme of the plan's own, strike while people register, heal, and look at everything."""
    setting = opened(field, f"faults-{plan.seed}")
    load = Load(field.platform, setting, plan.seed)
    load.start()
    began = time.monotonic()
    try:
        _strike_all(field, (plan.processes, plan.servers), say)
    finally:
        accepted = load.finish()
    struck = time.monotonic()
    faults = faults_found(field, setting, accepted)
    return Outcome(plan, accepted, struck - began, time.monotonic() - struck, tuple(faults))


def opened(field: Field, name: str) -> Setting:
    """A programme of its own, open to everybody."""
    now = datetime.now(UTC)  # noqa: TID251 - from outside there is no other clock
    setting = Setting.at(now, f"{name}-{now:%M%S}")
    operator = Operator(HttpClient(field.platform.public_url, field.platform.operator_key))
    eventually(
        lambda: operator.open(setting) or True, "the programme is open"
    )  # the plan before this may still be felt
    return setting


def faults_found(field: Field, setting: Setting, accepted: Accepted, patience: float = SETTLING_SECONDS) -> list[str]:
    """What is wrong once all is settled, or after so many seconds."""
    ledger = Ledger(field.platform.database_urls)
    try:
        ledger.wait_until_settled(patience)
    except NotSettledError as error:
        return [str(error)]
    finally:
        ledger.close()
    return eventually_nothing(lambda: _broken_promises(field, setting, accepted), RULES_SECONDS)


def eventually_nothing(look: Callable[[], list[str]], seconds: float) -> list[str]:
    """What `look` finds: nothing as soon as it finds nothing, else what it found after so many seconds."""
    deadline = time.monotonic() + seconds
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def _broken_promises(field: Field, setting: Setting, accepted: Accepted) -> list[str]:
    urls, organisations = field.platform.database_urls, len(accepted.case_ids) + accepted.imported
    breaches = broken_rules(urls, setting.definition, Known(organisations))[1]
    return [*broken(urls, setting.programme_id, accepted), *map(str, breaches)]


def _strike_all(field: Field, tracks: Sequence[Sequence[Step]], say: Callable[[str], None]) -> None:
    failures: list[BaseException] = []

    def along(track: Sequence[Step]) -> None:
        try:
            for step in track:
                say(f"  {step}")
                field.strike(step)
        except BaseException as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)
            field.is_over.set()

    threads = [threading.Thread(target=along, args=(track,)) for track in tracks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
