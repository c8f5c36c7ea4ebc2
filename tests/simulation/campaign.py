"""Many seeds on all cores: each core has a PostgreSQL of its own and takes the next handful when it is done with one."""

import json
import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from tests.simulation.play import a_server, a_theatre, play

HANDFUL = 50
SAVE_SECONDS = 30
"""What the machine's own end may cost."""


@dataclass
class Tally:
    """What a campaign has come to so far; kept in a file when it is to be resumed."""

    first: int
    seeds: int
    done: list[int] = field(default_factory=list)
    """The handfuls that were played, by number."""
    steps: int = 0
    faults: int = 0
    seconds: float = 0.0
    failures: dict[int, list[str]] = field(default_factory=dict)

    @property
    def played(self) -> int:
        """How many seeds were played."""
        return sum(len(self.handful(number)) for number in self.done)

    def handful(self, number: int) -> range:
        """The seeds of one handful."""
        start = self.first + number * HANDFUL
        return range(start, min(start + HANDFUL, self.first + self.seeds))

    def left(self) -> list[int]:
        """The handfuls still to be played."""
        done = set(self.done)
        return [number for number in range(-(-self.seeds // HANDFUL)) if number not in done]

    def save(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(self.__dict__))
        partial.replace(path)

    @classmethod
    def resumed(cls, path: Path, first: int, seeds: int) -> "Tally":
        """What was kept of the same campaign, else a new one."""
        if path.exists():
            kept = json.loads(path.read_text())
            if (kept["first"], kept["seeds"]) == (first, seeds):
                return cls(**kept | {"failures": {int(seed): found for seed, found in kept["failures"].items()}})
        return cls(first, seeds)


def run(tally: Tally, jobs: int, keep: Path | None = None, show: Callable[[Tally], None] = lambda _tally: None) -> None:
    """Play what is left, up to the first handful in which a seed fails.

    What was done is kept at the end, however it comes, and now and then before it.
    """
    context = multiprocessing.get_context("spawn")
    tasks: Any = context.Queue()
    results: Any = context.Queue()
    stopping = context.Event()
    left = tally.left()
    for number in left:
        tasks.put((number, tally.handful(number)))
    workers = [context.Process(target=_work, args=(job, tasks, results, stopping)) for job in range(jobs)]
    for worker in workers:
        worker.start()
    started, before = time.monotonic(), tally.seconds
    saved_at = started
    try:
        for number, steps, faults, failures in _results(results, workers, len(left)):
            tally.seconds = before + time.monotonic() - started
            if failures:
                tally.failures = failures
                break
            tally.done.append(number)
            tally.steps, tally.faults = tally.steps + steps, tally.faults + faults
            show(tally)
            if keep and time.monotonic() - saved_at > SAVE_SECONDS:
                tally.save(keep)
                saved_at = time.monotonic()
    finally:
        stopping.set()
        tasks.cancel_join_thread()
        if keep:
            tally.save(keep)
        for worker in workers:
            worker.join()


def _results(results: Any, workers: list[Any], count: int) -> Iterator[tuple[int, int, int, dict[int, list[str]]]]:
    for _ in range(count):
        while True:
            try:
                yield results.get(timeout=1)
                break
            except Empty:
                if not all(worker.is_alive() for worker in workers):
                    raise RuntimeError("a process of the simulation died; its error stands above") from None


def _work(job: int, tasks: Any, results: Any, stopping: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    _stay_on_a_core(job)
    warnings.simplefilter("ignore")  # of eventlet, about itself
    parent = multiprocessing.parent_process()
    with a_server() as url, a_theatre(url) as theatre:
        while not stopping.is_set() and parent is not None and parent.is_alive():
            try:
                number, seeds = tasks.get(timeout=0.2)
            except Empty:
                continue
            outcomes = [play(theatre, seed) for seed in seeds if not stopping.is_set()]
            failures = {each.seed: [str(finding) for finding in each.findings] for each in outcomes if each.findings}
            if failures or len(outcomes) == len(seeds):
                counts = (sum(each.steps for each in outcomes), sum(len(each.faults) for each in outcomes))
                results.put((number, *counts, failures))


def _stay_on_a_core(job: int) -> None:
    """One core for a process and its server, which take turns: neither waits for the other's core to wake up."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[job % len(cores)]})
