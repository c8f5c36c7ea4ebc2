"""One seed's world: its cast, its schedule and its end.

First requests come, processes work and things go wrong, all in the seed's order. Then nothing goes wrong any more, and the
world has to come to rest with every promise kept.
"""

import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from messaging import pager, publisher, relay, resends, retries, topology, track
from messaging.delivery import RETRY_HEADER
from tests.simulation import consuming, invariants
from tests.simulation.actors import Stage
from tests.simulation.broker import Broker, Copy
from tests.simulation.faults import Faults
from tests.simulation.invariants import Finding
from tests.simulation.processes import Process
from tests.simulation.requests import Requests
from tests.simulation.services import SERVICES, Handlers
from tests.simulation.theatre import Theatre

MOST_STEPS = 20_000
MOST_ROUNDS = 300
"""Of waiting for what is due next: an event that fails each time is due eight times, and there may be thirty of them."""
SOON_SECONDS = 0.05
NEVER = 1e9


@dataclass
class Outcome:
    """What a seed came to."""

    seed: int
    findings: list[Finding]
    steps: int
    has_ledger: bool
    faults: list[str] = field(default_factory=list)


class World:
    """The world of one seed."""

    def __init__(
        self, theatre: Theatre, seed: int, tell: Callable[[str], None] | None, has_ledger: bool | None = None
    ) -> None:
        self.theatre = theatre
        self.seed = seed
        self.stage = Stage(seed, tell)
        chance = self.chance = self.stage.chance
        chosen = chance.random() < 0.2
        self.has_ledger = chosen if has_ledger is None else has_ledger
        self.batch_size = chance.choice((1, 2, 5, 200))
        self.poll_seconds = 0.5
        self.page_seconds = chance.choice((2.0, 15.0)) if self.has_ledger else NEVER
        page_positions = chance.choice((2, 10_000))
        self.constants = {
            (publisher, "WINDOW"): chance.choice((1, 3, 1000)),
            (topology, "DELIVERY_LIMIT"): chance.choice((2, 20)),
            (pager, "LOOK_SECONDS"): chance.choice((0.0, 1.0)) if self.has_ledger else NEVER,
            (pager, "PAGE_POSITIONS"): page_positions,
            (resends, "PAGE_POSITIONS"): page_positions,
            (relay, "CHUNK"): (chunk := chance.choice((2, 500))),
            (track, "CHUNK"): chunk,
            (track, "SLICE"): chance.choice((1, 100)),
            (relay, "RESENDS_EVERY_SECONDS"): 1.0 if self.has_ledger else NEVER,
            (retries, "LEASE"): timedelta(seconds=chance.choice((1, 60))),
        }
        self.broker = Broker(chance)
        self.handlers = {service: Handlers(service) for service in SERVICES}
        self.processes: list[Process] = []
        self.findings: list[Finding] = []
        self.requests = Requests(self)
        self.faults = Faults(self)
        self.dues: dict[tuple[str, str], tuple[int, list[float]]] = {}
        self.waits: dict[tuple[str, str], tuple[int, float]] = {}
        for service in SERVICES:
            self._declare(service)

    # The cast

    def _declare(self, service: str) -> None:
        """The queues of a service as its worker declares them."""
        handlers = self.handlers[service]
        topology.declare(_Declaring(self.broker), service, handlers.routes())

    def start(self, service: str, slot: str) -> Process:
        process = Process(self, service, slot)
        self.processes.append(process)
        process.start()
        return process

    def running(self, kind: str = "") -> list[Process]:
        """The processes that live, of one kind or all."""
        self.processes = [process for process in self.processes if process.is_running()]
        return [process for process in self.processes if process.slot.startswith(kind)]

    def kombu_connection(self) -> consuming.KombuConnection:
        return consuming.KombuConnection(self.stage, self.broker, self.check_acknowledged)

    def check_acknowledged(self, queue: str, copies: list[Copy]) -> None:
        """Nothing is acknowledged before the database knows what became of it."""
        service = queue.partition(".")[0]
        self.findings += invariants.untraced(self.theatre.servers[service], queue, copies)

    def check_marked(self, service: str) -> None:
        """A relay has just marked what it takes for published."""
        self.findings += invariants.vouched(self, service)

    def note_retry(self, service: str, event_id: str, attempts: int, wait: float, due: float) -> None:
        """A failed event is to be tried again, in a transaction that has just been committed."""
        self.findings += invariants.retry_scheduled(self, service, event_id, attempts, wait)
        self.waits[service, event_id] = (attempts, due)
        self._note_due(service, event_id, attempts, due)

    def note_trial(self, service: str, event_id: str, due: float) -> None:
        """An event that may have killed a process is tried alone, and is to come again should it kill this one."""
        self._note_due(service, event_id, self.dues.get((service, event_id), (0, []))[0], due)

    def _note_due(self, service: str, event_id: str, attempts: int, due: float) -> None:
        _, known = self.dues.get((service, event_id), (0, []))
        self.dues[service, event_id] = (attempts, [*known, due])

    def check_retry(self, service: str, properties: Any) -> None:
        """A retry is put back on its queue no sooner than it was to be.

        A copy of it may be tried, and put it off, after the relay took it and before it is published; so any time that was
        noted since it was published last will do.
        """
        if RETRY_HEADER in (properties.headers or {}):
            attempts, dues = self.dues[service, properties.message_id]
            due, self.dues[service, properties.message_id] = min(dues), (attempts, dues[-1:])
            if self.stage.now < due - 0.001:
                story = (
                    f"{properties.message_id} at {service} comes {due - self.stage.now:.3f} s early after {attempts}"
                )
                self.findings.append(Finding(invariants.RETRIED, story))

    # The schedule

    def play(self) -> Outcome:
        """Everything, from the first step to the verdict."""
        with pytest.MonkeyPatch.context() as constants:
            for (module, name), value in self.constants.items():
                constants.setattr(module, name, value)
            before = random.getstate()
            random.seed(self.seed)  # the product's jitter
            try:
                self._play()
            except Exception:  # noqa: BLE001 - whatever ends a loop of the product is a finding
                self.findings.append(Finding(invariants.UNBROKEN, traceback.format_exc()))
            finally:
                self._end()
                random.setstate(before)
        return Outcome(self.seed, self.findings, self.stage.steps, self.has_ledger, self.faults.done)

    def _play(self) -> None:
        for service in SERVICES:
            for kind in ("worker", "relay"):
                self.start(service, f"{kind}-1")
                if self.chance.random() < 0.25:
                    self.start(service, f"{kind}-2")
        self._act()
        at_rest = not self.findings and self._settle()
        if not self.findings:
            self.findings += invariants.kept(self, at_rest=at_rest)

    def _act(self) -> None:
        while (self.requests.are_left or self.faults.are_left) and not self.findings:
            if not self.requests.come() and not self.faults.strike():
                self._step()
            self._limit()

    def _step(self, *, soon: float | None = None) -> bool:
        """One actor or the broker goes on, or time does, at most until `soon`; whether anything could."""
        chance, stage = self.chance, self.stage
        moves: list[Any] = [actor for actor in stage.actors if actor.can_run(stage.now)]
        moves += self.broker.moves()
        if moves and (soon is not None or chance.random() < 0.93):
            self._go_on(chance.choice(moves))
            return True
        return self._tick(soon) or bool(moves)

    def _go_on(self, move: Any) -> None:
        if callable(move):
            did = move()
            self.stage.steps += 1
            self.stage.tell(f"broker {did}")
        else:
            self.stage.resume(move)
            self._look_at_locks()

    def _tick(self, soon: float | None) -> bool:
        """Let time pass until the next actor may run."""
        wakes = [actor.wake for actor in self.stage.actors if actor.wake is not None and actor.wake > self.stage.now]
        if not wakes:
            return self._look_at_locks(patience=1000)
        if soon is not None and min(wakes) > self.stage.now + soon:
            return False
        self.stage.now = min(wakes)
        return True

    def _look_at_locks(self, patience: int = 0) -> bool:
        """Free the actors whose answer has come; whether there were any."""
        freed = False
        for actor in self.stage.actors:
            has_come = actor.blocked_by_lock
            if has_come is not None and has_come(patience):
                actor.blocked_by_lock = None
                freed = True
        return freed

    # The end

    def _settle(self) -> bool:
        """Nothing goes wrong any more; returns whether the world comes to rest."""
        self.faults.cease()
        for _ in range(MOST_ROUNDS):
            self._start_what_is_missing()
            while self._step(soon=SOON_SECONDS):
                self._limit()
                if self.findings:
                    return False
            rest = invariants.rest(self)
            if rest.is_reached:
                return True
            self.stage.now = max(self.stage.now + self.chance.choice((0.6, 1.2, 6.0)), rest.next_due)
        return False

    def _start_what_is_missing(self) -> None:
        for service in SERVICES:
            for kind in ("worker", "relay"):
                if not [process for process in self.running(kind) if process.service == service]:
                    self.start(service, f"{kind}-1")

    def _limit(self) -> None:
        if self.stage.steps > MOST_STEPS:
            raise RuntimeError(f"seed {self.seed} does not end")

    def _end(self) -> None:
        for process in self.processes:
            if not process.is_dead:
                process.kill()


class _Declaring:
    """A channel on which queues are declared before the play begins."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def exchange_declare(self, *_: Any, **__: Any) -> None:
        """The model has every exchange."""

    def queue_declare(self, name: str, **_: Any) -> None:
        self._broker.declare(name)

    def queue_bind(self, queue: str, exchange: str, key: str) -> None:
        self._broker.bind(queue, exchange, key)
