"""The long runs: `python -m tests.hostile --messages 1000000` through the decoder, `--flood 100000` through the broker.

`--requests 300` sends so many to each call of each service's HTTP.

A message that breaks something is told with its seed: `--seed S --messages N` makes the same ones again.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.hostile import kinds
from tests.hostile.judging import judge
from tests.hostile.specimen import KINDS, specimens

CHUNK = 5_000
SHOWN_AT_MOST = 10


def decoded(seed: int, count: int) -> tuple[Counter[str], list[str], int]:
    """Judge one chunk: how often which kind came and what it became, what broke, and the most memory in KiB."""
    outcomes: Counter[str] = Counter()
    broken = []
    for number, specimen in enumerate(specimens(seed, count)):
        try:
            outcomes["applied" if judge(specimen) == "applied" else "refused"] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the others go on
            broken.append(f"seed {seed}, message {number}, {specimen.kind}: {type(error).__name__}: {error}"[:400])
    return outcomes, broken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run(seed: int, messages: int) -> int:
    """Judge them all on every processor, telling how far it is; returns how many broke something."""
    started, outcomes, broken, most = time.monotonic(), Counter[str](), list[str](), 0
    chunks = [(seed * 1_000_003 + start, min(CHUNK, messages - start)) for start in range(0, messages, CHUNK)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done in as_completed([pool.submit(decoded, *chunk) for chunk in chunks]):
            counted, wrong, memory = done.result()
            outcomes, most = outcomes + counted, max(most, memory)
            broken += wrong
            _tell(sum(outcomes.values()) + len(broken), messages, time.monotonic() - started)
    print(
        f"\n{outcomes['applied']:,} events, {outcomes['refused']:,} refused with a reason, {len(broken):,} broken; ",
        end="",
    )
    print(f"{len(KINDS)} kinds, at most {most / 1024:.0f} MiB a process, {time.monotonic() - started:.0f} s")
    for line in broken[:SHOWN_AT_MOST]:
        print(line)
    return len(broken)


def _tell(done: int, of: int, seconds: float) -> None:
    print(f"\r{done:>11,} of {of:,} messages, {done / max(seconds, 0.001):,.0f} a second", end="", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=0, help="so many through the decoder")
    parser.add_argument("--flood", type=int, default=0, help="so many through the broker into a worker")
    parser.add_argument("--requests", type=int, default=0, help="so many to each call of the services' HTTP")
    asked = parser.parse_args()
    broken = run(asked.seed, asked.messages) if asked.messages else 0
    if asked.flood:
        environment = {**os.environ, "FRIST_FLOOD": str(asked.flood), "FRIST_FLOOD_SEED": str(asked.seed)}
        tests = [sys.executable, "-m", "pytest", "-q", "-s", "tests/hostile/test_flood.py", "-k", "harms_nothing"]
        broken += subprocess.run(tests, env=environment, check=False).returncode
    if asked.requests:
        environment = {**os.environ, "FRIST_REQUESTS": str(asked.requests)}
        tests = [sys.executable, "-m", "pytest", "-q", "tests/hostile/test_requests.py"]
        broken += subprocess.run(tests, env=environment, check=False).returncode
    sys.exit(1 if broken else 0)


assert kinds  # imported for the kinds it registers
if __name__ == "__main__":
    main()
