"""The replay: one virtual day after the other, each settled before the next.

A day has one moment, the end of its working hours: everything that happens on it happens then, in this order. On Fridays
it is the beginning of the quiet hours: who only is to be reminded hears of it when Saturday is played.

1. The clocks move, and the platform does what has fallen due: reminders, the ladder, new sessions, seats for the waiting.
2. Coaches record who came today; who did not come stands in line again.
3. Organisations withdraw or are erased and authorities decide, then organisations move or cancel their seats: seats become free.
4. Organisations register and answer, surveys are answered.

The day ends when everything has settled. Within it, what comes next waits for those whose work it may depend on: for who
gives seats, so that who gets which follows from the order of the calls alone, and for who tells people before the same case
changes again, so that what is said never depends on who was faster. Nobody does two things on a day, and nothing that
happens depends on what is counted, so reporting is waited for at the end alone.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from operations.ledger import Ledger
from operations.rehearsal.faults import Faults
from operations.rehearsal.phases import Phases
from operations.rehearsal.play.coaching import Coaching
from operations.rehearsal.play.mailbox import Mailbox
from operations.rehearsal.play.organising import Organising
from operations.rehearsal.play.participants import Agenda, Everybody
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.streams import Streams
from operations.rehearsal.view import Scene
from operations.rehearsal.world.everything import World
from operations.services import SERVICES

GIVING_SEATS = ("registration", "scheduling")
TELLING = (*GIVING_SEATS, "notifications")

PATIENCE_SECONDS = 240.0
"""How long the platform may take to settle; a worker that was killed comes back long before."""


@dataclass(frozen=True)
class Stage:
    """What a replay plays on."""

    platform: Platform
    ledger: Ledger
    mailbox: Mailbox
    faults: Faults
    phases: Phases
    backlog: Callable[[], dict[str, int]]


class Replay:
    """All days of a world on one stage."""

    def __init__(self, stage: Stage, world: World) -> None:
        self._stage, self._world = stage, world
        self._agenda = Agenda()
        self._streams = Streams(world.country)
        self._everybody = everybody = Everybody(world.organisations)
        platform, programme = stage.platform, world.programme
        self._organising = Organising(platform, programme, everybody, self._agenda)
        self._coaching = Coaching(platform, programme, everybody, world.courses)
        self._lanes: dict[str, int] = {}
        self._drawn_at = time.monotonic()
        self._drawn_requests = platform.requests

    def play(self, shown: Callable[[int, Scene], None]) -> None:
        """Play every day; `shown` is told of each."""
        try:
            for number, day in enumerate(self._world.programme.days, start=1):
                self._play_day(number, day)
                shown(number, self._scene(day))
        finally:
            self._streams.close()

    @property
    def traces_of_erased(self) -> list[str]:
        """What nothing may be found by any more."""
        return self._everybody.traces_of_erased

    def _play_day(self, number: int, day: date) -> None:
        stage, phase = self._stage, self._stage.phases.phase
        with phase("clocks"):
            stage.platform.set_clocks(self._world.programme.end_of(day))
        self._settle(TELLING, only_clocks_moved=True)
        with phase("mail"):
            self._organising.read_mail(stage.mailbox.new(), day)
        with phase("coaches"):
            wanting = self._coaching.record_day(day, self._streams, self._agenda)
            self._coaching.open_courses(day)
        self._settle_after(wanting, TELLING)
        with phase("changes"):
            wishes = self._organising.look_at_seats(day, self._streams)
            freed = self._organising.end_cases(day)
        self._settle_after(freed, GIVING_SEATS)
        with phase("changes"):
            self._organising.change_seats(wishes)
        self._settle_after(len(wishes), GIVING_SEATS)
        stage.faults.strike(number)
        with phase("registrations"):
            self._organising.arrive(day, self._streams)
        with phase("surveys"):
            self._organising.answer_surveys(day, self._streams)
        self._lanes = stage.backlog()
        self._settle()

    def _settle_after(self, changes: int, among: Collection[str]) -> None:
        """Settle when somebody may want, or have given up, a seat: else nothing to come depends on it."""
        if changes:
            self._settle(among)

    def _settle(self, among: Collection[str] = SERVICES, *, only_clocks_moved: bool = False) -> None:
        with self._stage.phases.phase("settling"):
            self._stage.ledger.wait_until_settled(PATIENCE_SECONDS, among=among, only_clocks_moved=only_clocks_moved)

    def _scene(self, day: date) -> Scene:
        now, requests = time.monotonic(), self._stage.platform.requests
        rate = (requests - self._drawn_requests) / max(0.001, now - self._drawn_at)
        self._drawn_at, self._drawn_requests = now, requests
        states = self._stage.platform.states(self._world.programme.programme_id)
        return Scene(day, states, self._lanes, requests, rate)
