"""Who runs next: every loop and request is an actor, which stops wherever the outside world could come in between.

An actor runs real code until that would send something to the database or the broker, or wait. There it stops, and the
play goes on with whoever the seed picks. So one number decides every interleaving.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any
from uuid import UUID

from greenlet import getcurrent, greenlet

BEGINNING = datetime(2013, 8, 15, 8, tzinfo=UTC)

UPTIME_SECONDS = 1000.0
"""What a monotonic clock shows when the play begins: more than any interval, so that all that is periodic is due."""
NAP_SECONDS = 0.45


class Killed(BaseException):
    """Thrown into the actors of a process that dies: no code of the product catches it."""


class Verdict(Enum):
    """What becomes of a statement that an actor is about to send."""

    GO = "go"
    LOSE_BEFORE = "the connection is lost before the statement arrives"
    LOSE_AFTER = "the statement is done, and its answer lost"


class Actor(greenlet):
    """One thread of control of a simulated process."""

    def __init__(self, name: str, process: Any, work: Callable[[], object], hub: greenlet) -> None:
        super().__init__(parent=hub)
        self.name = name
        self.process = process
        self.work = work
        self.label = "starts"
        self.is_at_statement = False
        self.wake: float | None = None
        self.ready: Callable[[], bool] | None = None
        self.blocked_by_lock: Callable[[int], bool] | None = None
        self.verdict = Verdict.GO

    def run(self) -> None:
        with suppress(Killed):
            self.work()

    def can_run(self, now: float) -> bool:
        """Whether it waits for nothing."""
        if self.blocked_by_lock is not None:
            return False
        if self.wake is None and self.ready is None:
            return True
        return (self.wake is not None and self.wake <= now) or (self.ready is not None and self.ready())


class Stage:
    """What all actors of one seed share: the clock, the chance, and the way to stop and be picked again.

    `hub` is the greenlet that picks; code that runs in it (a warm-up, a check) never stops.
    """

    def __init__(self, seed: int, tell: Callable[[str], None] | None = None) -> None:
        self.chance = Random(seed)
        self.ids = Random(~seed)
        self.now = UPTIME_SECONDS
        self.actors: list[Actor] = []
        self.steps = 0
        self._hub = getcurrent()
        self._tell = tell

    def tell(self, text: str) -> None:
        """A line of the trace."""
        if self._tell:
            self._tell(f"{self.steps:5} {self.now:10.3f}  {text}")

    def spawn(self, name: str, process: Any, work: Callable[[], object]) -> Actor:
        """A new actor, which runs when it is picked first."""
        actor = Actor(name, process, work, self._hub)
        self.actors.append(actor)
        return actor

    def pause(
        self, label: str, *, wake: float | None = None, ready: Callable[[], bool] | None = None, statement: bool = False
    ) -> Verdict:
        """Stop here until picked again: at once, or once the time has come or `ready` says so."""
        actor = getcurrent()
        if not isinstance(actor, Actor):
            return Verdict.GO
        if actor.process.is_dead:
            raise Killed
        actor.label, actor.wake, actor.ready, actor.is_at_statement = label, wake, ready, statement
        self._hub.switch()
        verdict, actor.verdict = actor.verdict, Verdict.GO
        return verdict

    def wait_for_lock(self, has_come: Callable[[int], bool]) -> None:
        """Stop until the database gives an answer that now waits for a lock of another actor.

        `has_come` says whether it has, after so many milliseconds at most.
        """
        actor = getcurrent()
        actor.blocked_by_lock = has_come
        self.tell(f"{actor.name} waits for a lock")
        self._hub.switch()
        actor.blocked_by_lock = None

    def resume(self, actor: Actor) -> None:
        """Let an actor go on to its next stop."""
        self.steps += 1
        if self._tell:
            self.tell(
                f"{actor.name}: {' '.join(actor.label.split())[:150]}"
                + (f" ({actor.verdict.value})" if actor.verdict.value != "go" else "")
            )
        actor.switch()
        if actor.dead:
            self.actors.remove(actor)

    def end(self, actor: Actor) -> None:
        """Kill an actor where it stands; its process is dead, so that it cannot stop again."""
        if actor in self.actors:
            self.actors.remove(actor)
        if actor:  # it has begun
            actor.throw(Killed)

    def sleep(self, seconds: float) -> None:
        """Wait in simulated time, at least a nap: nobody may count on being woken sooner."""
        self.pause("sleeps", wake=self.now + max(seconds, NAP_SECONDS))

    def machine_now(self) -> datetime:
        """The simulated instant."""
        return BEGINNING + timedelta(seconds=self.now)

    def new_id(self) -> str:
        """An id as random as a real one, and the same for the same seed."""
        return str(UUID(int=self.ids.getrandbits(128) & ~(0xF << 76) | 7 << 76))
