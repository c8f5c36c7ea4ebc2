"""`python -m benchmarks`: what `make bench` runs."""

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import keys, page
from benchmarks.results import Results
from benchmarks.run import run
from benchmarks.scale import FULL, TINY
from operations import settings
from operations.errors import OperationsError

UNDER_THE_BAR, BROKEN, INTERRUPTED = 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Measure, say what came of it, and return the exit code: 1 when a bar is missed."""
    wishes = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does, with everything that was started
    path: Path = settings.folder() / ("bench-tiny.json" if wishes.tiny else "bench.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"KEYS": wishes.keys, "ROUNDS": wishes.rounds, "RESUME": int(wishes.resume)}
    command = " ".join(["make bench", *(f"{name}={value}" for name, value in told.items() if value)])
    try:
        wanted = keys.chosen(wishes.keys)
        results = Results.load(path)
        if not wishes.resume:
            results.forget(name for key in wanted for name in key.contestants)
        scale = replace(TINY if wishes.tiny else FULL, **({"rounds": wishes.rounds} if wishes.rounds else {}))
        run(wanted, results, path, scale=scale, command=command, say=lambda line: print(line, flush=True))
    except KeyboardInterrupt:
        print(f"\nInterrupted. What was measured is in {path}; RESUME=1 goes on from there.")
        return INTERRUPTED
    except (OperationsError, ValueError, AssertionError) as error:
        print(f"Not measured: {error}", file=sys.stderr)
        return BROKEN
    results.save(path, keys.KEYS)
    if wanted == keys.KEYS and not wishes.tiny:
        page.write(results)
    return _verdict(wanted, results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--keys", default="", help="only these, with commas between; the beginning of a name will do")
    parser.add_argument("--resume", action="store_true", help="keep what .frist/bench.json already has")
    parser.add_argument("--rounds", type=int, help="how often each contestant measures, in place of five times")
    parser.add_argument("--tiny", action="store_true", help="try the machinery; the figures mean nothing")
    return parser


def _verdict(wanted: tuple[keys.Key, ...], results: Results) -> int:
    missed = []
    for key in wanted:
        holds = key.holds(results.measured)
        missed += [] if holds else [key.name]
        mark = "" if key.at_least is None and key.at_most is None else "  holds" if holds else "  MISSED"
        print(f"{key.name:<22} {key.value(results.measured)!s:<28} {key.bar}{mark}")
    if missed:
        print(f"Under the bar: {', '.join(missed)}")
    return UNDER_THE_BAR if missed else 0


if __name__ == "__main__":
    sys.exit(main())
