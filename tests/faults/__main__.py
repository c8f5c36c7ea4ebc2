"""`python -m tests.faults --seeds 20` carries out the plans of twenty seeds; `--seed 7` that of one, step by step."""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.field import a_field
from tests.faults.plan import Plan
from tests.faults.run import Outcome, carry_out

LEDGER_PACE = "3"
"""In seconds: what was lost comes again sooner than at the ordinary pace, so that more plans fit into an hour."""


def main() -> int:
    """The exit code: 0 when every promise held under every plan."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="carry out the plan of this seed alone, telling each step")
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds, from --first on")
    parser.add_argument("--first", type=int, default=1)
    chosen = parser.parse_args()
    seeds = [chosen.seed] if chosen.seed is not None else range(chosen.first, chosen.first + chosen.seeds)
    folder = Path(tempfile.mkdtemp(prefix="frist-faults-"))
    print(f"Starting the platform; its logs: {folder}/platform/logs", flush=True)
    outcomes: list[Outcome] = []
    began = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, the platform ends with it
    try:
        with a_field(folder, FRIST_PAGE_SECONDS=LEDGER_PACE) as field:
            for seed in seeds:
                plan = Plan.of(seed)
                if chosen.seed is not None:
                    print(plan, flush=True)
                outcomes.append(carry_out(field, plan, print if chosen.seed is not None else _say_nothing))
                print(f"[{len(outcomes)}/{len(seeds)}, {time.monotonic() - began:.0f} s] {outcomes[-1]}", flush=True)
                if outcomes[-1].faults:
                    break  # what comes after would be seen through what is wrong now
    except KeyboardInterrupt:
        print("Interrupted.")
    return _summary(outcomes, len(seeds), folder)


def _say_nothing(_line: str) -> None:
    """For a long run one line for each seed is enough."""


def _summary(outcomes: list[Outcome], wanted: int, folder: Path) -> int:
    failed = [outcome for outcome in outcomes if outcome.faults]
    registered = sum(len(outcome.accepted.case_ids) for outcome in outcomes)
    print(f"{len(outcomes)} of {wanted} plans carried out, {registered} registrations, {len(failed)} failed.")
    for outcome in failed:
        print(f"\n{outcome.plan}\n  found:")
        print("\n".join(f"    {fault}" for fault in outcome.faults))
        print(f"  logs: {folder}/platform/logs\n  again: python -m tests.faults --seed {outcome.plan.seed}")
    if not failed:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
