"""`python -m tests.simulation`: plays many seeds on all cores, or one with its whole schedule.

--seeds 100000 plays so many, from --first on; what was played is kept, so that the same command goes on after Ctrl-C.
--seed N --trace prints everything that happens in one.
"""

import argparse
import os
import sys
import time
import warnings
from pathlib import Path

from tests.simulation.campaign import Tally, run
from tests.simulation.play import a_server, a_theatre, play

KEPT = Path(__file__).parents[2] / ".frist" / "simulation.json"


def main() -> int:
    """Exit code 0 when every promise held in every seed."""
    warnings.simplefilter("ignore")  # of eventlet, about itself
    arguments = _arguments()
    return _one(arguments.seed, trace=arguments.trace) if arguments.seed is not None else _many(arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2_000, help="how many seeds to play (2,000)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (one for each core)")
    parser.add_argument("--afresh", action="store_true", help="play all, whatever was played before")
    parser.add_argument("--seed", type=int, help="play this one alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: print its whole schedule")
    return parser.parse_args()


def _one(seed: int, *, trace: bool) -> int:
    with a_server() as url, a_theatre(url) as theatre:
        outcome = play(theatre, seed, print if trace else None)
    for finding in outcome.findings:
        print(f"seed {seed}: {finding}")
    if not outcome.findings:
        print(f"seed {seed}: every promise held, in {outcome.steps} steps with {len(outcome.faults)} faults")
    return 1 if outcome.findings else 0


def _many(arguments: argparse.Namespace) -> int:
    if arguments.afresh:
        KEPT.unlink(missing_ok=True)
    tally = Tally.resumed(KEPT, arguments.first, arguments.seeds)
    if tally.played:
        print(f"{tally.played:,} of these seeds were played before; --afresh plays them again.")
    tally.failures.clear()
    try:
        run(tally, arguments.jobs, KEPT, Progress())
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from here.")
        return 130
    print()
    for seed, findings in sorted(tally.failures.items()):
        for finding in findings[:3]:
            print(f"seed {seed}: {finding}")
        print(f"    python -m tests.simulation --seed {seed} --trace")
    if tally.failures:
        return 1
    KEPT.unlink(missing_ok=True)
    print(f"{tally.played:,} seeds in {tally.seconds:.0f} s: every promise held, through {tally.faults:,} faults.")
    return 0


class Progress:
    """One line: overwritten on a terminal, else a new one now and then."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def __call__(self, tally: Tally) -> None:
        rest = 1 if sys.stdout.isatty() else 15
        if time.monotonic() - self._told_at < rest and tally.left():
            return
        self._told_at = time.monotonic()
        pace = tally.played / tally.seconds
        left = (tally.seeds - tally.played) / pace / 60
        line = f"{tally.played:,} of {tally.seeds:,} seeds, {pace:.0f} a second, {left:.0f} min left, {tally.faults:,} faults"
        print(f"\r{line}   " if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
