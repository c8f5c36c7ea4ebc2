"""The requests of a play: transactions that change something and tell of it, and what came of each."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.simulation.services import LANES, MOODS, SERVICES, a_case, a_fact

_CHANGE = text("INSERT INTO changes VALUES (:change_id)")
REQUESTS_AT_A_STEP = 0.06


class AbandonedError(Exception):
    """The request changed its mind."""


@dataclass
class Request:
    """One transaction; `outcome` is None while nobody knows, which for a lost answer stays so."""

    change_id: int
    event_ids: list[str] = field(default_factory=list)
    outcome: bool | None = None


class Requests:
    """Those still to come, and those that came."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self._chance = world.chance
        self._left = world.chance.randint(1, 5)
        self._sequences: dict[str, int] = {}
        self._cases = [self._a_case(number) for number in range(world.chance.randint(1, 4))]
        self.made: list[Request] = []

    @property
    def are_left(self) -> bool:
        return self._left > 0

    def come(self) -> bool:
        """Perhaps requests come now: one, or some that overtake one another."""
        if not self._left or self._chance.random() > REQUESTS_AT_A_STEP:
            return False
        for _ in range(min(self._left, self._chance.randint(1, 3))):
            self._left -= 1
            self._start()
        return True

    def _start(self) -> None:
        request = Request(len(self.made) + 1)
        self.made.append(request)
        facts = [self._a_fact() for _ in range(self._chance.randint(1, 3))]
        changes_mind = self._chance.random() < 0.15
        lingers = self._chance.uniform(0.5, 4) if self._chance.random() < 0.2 else 0.0
        process = self._world.start("registration", "web")
        process.spawn(
            f"request {request.change_id}",
            lambda: self._work(process.database, request, facts, lingers, changes_mind=changes_mind),
        )

    def _a_case(self, number: int) -> str:
        if self._chance.random() > 0.15:
            return a_case(number)
        return a_case(
            number,
            service=self._chance.choice(SERVICES),
            mood=self._chance.choice(MOODS),
            times=self._chance.choice((1, 1, 2, 3, 99)),
        )

    def _a_fact(self) -> tuple[Any, Any]:
        case_id = self._chance.choice(self._cases)
        sequence = self._sequences[case_id] = self._sequences.get(case_id, 0) + 1
        return a_fact(case_id, sequence, closes=self._chance.random() < 0.5), self._chance.choice(LANES)

    def _work(
        self, database: Any, request: Request, facts: list[tuple[Any, Any]], lingers: float, *, changes_mind: bool
    ) -> None:
        has_ended = False
        try:
            with database.begin() as uow:
                uow.connection.execute(_CHANGE, {"change_id": request.change_id})
                request.event_ids += [uow.outbox.add(event, lane) for event, lane in facts]
                if lingers:
                    uow.outbox.flush()
                    self._world.stage.sleep(lingers)
                _go_on_or_not(changes_mind)
                has_ended = True
            request.outcome = True
        except AbandonedError:
            request.outcome = False
        except SQLAlchemyError:
            request.outcome = None if has_ended else False


def _go_on_or_not(changes_mind: bool) -> None:
    if changes_mind:
        raise AbandonedError
