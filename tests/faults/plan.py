"""A plan: which faults, to whom, when and for how long. The same seed makes the same plan.

Two tracks run side by side, one of the platform's processes and one of the servers, so that faults overlap.
"""

import random
from dataclasses import dataclass

from operations.services import KINDS, SERVICES

PROCESSES = ("web", *(f"{service}-{kind}" for service in SERVICES for kind in KINDS))
PROCESS_FAULTS = ("kill", "freeze", "restart")
SERVER_FAULTS = (
    "cut broker",
    "close connections",
    "kill broker",
    "restart broker",
    "freeze broker",
    "wipe broker",
    "purge queue",
    "delete queue",
    "cut database",
    "terminate backends",
    "kill database",
    "restart database",
    "freeze database",
)
OF_A_QUEUE = ("purge queue", "delete queue")
OF_A_SERVICE = ("terminate backends",)
LASTING = ("freeze", "kill broker", "freeze broker", "wipe broker", "kill database", "freeze database")
MOST_SECONDS = 2.5


@dataclass(frozen=True)
class Step:
    """One fault: it waits `after` seconds, strikes, and is healed `lasts` seconds later; `victim` may be nobody's name."""

    after: float
    fault: str
    victim: str
    lasts: float

    def __str__(self) -> str:
        lasting = f" for {self.lasts:.1f} s" if self.lasts else ""
        return f"after {self.after:.1f} s: {' '.join(filter(None, (self.fault, self.victim)))}{lasting}"


@dataclass(frozen=True)
class Plan:
    """What happens to the platform under one seed."""

    seed: int
    processes: tuple[Step, ...]
    servers: tuple[Step, ...]

    @classmethod
    def of(cls, seed: int) -> "Plan":
        """The plan of a seed: five faults of processes, and beside them three different ones of the servers."""
        dice = random.Random(seed)
        processes = [_step(dice, dice.choice(PROCESS_FAULTS), dice.choice(PROCESSES)) for _ in range(5)]
        servers = [_step(dice, fault, _victim(dice, fault)) for fault in dice.sample(SERVER_FAULTS, 3)]
        return cls(seed, tuple(processes), tuple(servers))

    def __str__(self) -> str:
        lines = [f"seed {self.seed}"]
        for name, track in (("processes", self.processes), ("servers", self.servers)):
            lines += [f"  {name}", *(f"    {step}" for step in track)]
        return "\n".join(lines)


def _step(dice: random.Random, fault: str, victim: str) -> Step:
    lasts = dice.uniform(0.2, MOST_SECONDS) if fault in LASTING else 0.0
    return Step(dice.uniform(0.2, 2.0), fault, victim, lasts)


def _victim(dice: random.Random, fault: str) -> str:
    service, lane = dice.choice(SERVICES), dice.choice(("urgent", "bulk"))
    return f"{service}.{lane}" if fault in OF_A_QUEUE else service if fault in OF_A_SERVICE else ""
