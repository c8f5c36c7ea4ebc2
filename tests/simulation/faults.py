"""What goes wrong: each seed allows some kinds, a few times, at steps it picks."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from frist_contracts import Lane
from messaging import parked, topology
from messaging.refusals import Refusal
from tests.simulation.actors import Verdict
from tests.simulation.broker import Copy
from tests.simulation.services import SERVICES

FAULTS_AT_A_STEP = 0.05
JUMPS = (0.3, 1.0, 5.0, 35.0, 61.0)


class Faults:
    """The faults of one seed."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self._chance = world.chance
        self._left = world.chance.choice((0, 2, 4, 6, 8))
        self.done: list[str] = []
        self.garbage: list[bytes] = []
        kinds = self._kinds() + (self._losing_kinds() if world.has_ledger else [])
        self._allowed = [kind for kind in kinds if self._chance.random() < 0.4] or [self._chance.choice(kinds)]
        broker = world.broker
        broker.reorders = self._chance.random() < 0.5
        broker.refusing = self._chance.choice((0, 0, 0.3))
        broker.duplicating = self._chance.choice((0, 0, 0, 0.2))
        broker.returning = self._chance.choice((0, 0, 0.3))

    @property
    def are_left(self) -> bool:
        return self._left > 0

    def strike(self) -> bool:
        """Perhaps something goes wrong now."""
        if not self._left or self._chance.random() > FAULTS_AT_A_STEP:
            return False
        kind = self._chance.choice(self._allowed)
        self._left -= 1
        told = kind()
        if told:
            self.done.append(kind.__name__)
            self._world.stage.tell(f"FAULT {told}")
        return bool(told)

    def cease(self) -> None:
        """From here on all goes well."""
        world = self._world
        self._left = 0
        world.broker.refusing = world.broker.returning = world.broker.duplicating = 0
        world.broker.is_away = world.broker.has_alarm = False
        for server in world.theatre.servers.values():
            server.is_away = False
        for actor in world.stage.actors:
            actor.verdict = Verdict.GO
        world.stage.tell("From here on nothing goes wrong.")

    def free_slot(self, service: str, kind: str) -> str:
        """The first place of a kind that no living process has."""
        taken = {process.slot for process in self._world.running() if process.service == service}
        return next(slot for slot in (f"{kind}-1", f"{kind}-2", "none") if slot not in taken)

    def _kinds(self) -> list[Callable[[], str | None]]:
        return [
            self.kill,
            self.kill,
            self.stop,
            self.start,
            self.start,
            self.lose_database_connection,
            self.lose_database_connection,
            self.lose_commit_answer,
            self.lose_commit_answer,
            self.lose_broker_connection,
            self.lose_broker_connection,
            self.database_away,
            self.broker_away,
            self.alarm,
            self.all_is_back,
            self.duplicate,
            self.rubbish,
            self.jump,
            self.operate,
        ]

    def _losing_kinds(self) -> list[Callable[[], str | None]]:
        return 3 * [self.purge, self.lose_message, self.lose_queue, self.wipe]

    # Processes

    def kill(self) -> str | None:
        running = self._world.running()
        if not running:
            return None
        process = self._chance.choice(running)
        process.kill()
        return f"{process.name} is killed"

    def stop(self) -> str | None:
        running = self._world.running("worker") + self._world.running("relay")
        if not running:
            return None
        process = self._chance.choice(running)
        process.stop()
        return f"{process.name} is asked to stop"

    def start(self) -> str | None:
        service, kind = self._chance.choice(SERVICES), self._chance.choice(("worker", "relay"))
        slot = self.free_slot(service, kind)
        if slot == "none":
            return None
        self._world.start(service, slot)
        return f"{service} {slot} starts"

    # The database

    def _at_statements(self) -> list[Any]:
        return [actor for actor in self._world.stage.actors if actor.is_at_statement and not actor.blocked_by_lock]

    def lose_database_connection(self) -> str | None:
        return self._lose(self._at_statements(), Verdict.LOSE_BEFORE)

    def lose_commit_answer(self) -> str | None:
        """Also of any other statement: each is a commit of its own in a relay."""
        return self._lose(self._at_statements(), Verdict.LOSE_AFTER)

    def _lose(self, actors: list[Any], verdict: Verdict) -> str | None:
        if not actors:
            return None
        actor = self._chance.choice(actors)
        actor.verdict = verdict
        return f"{actor.name}: {verdict.value}"

    def database_away(self) -> str:
        service = self._chance.choice(SERVICES)
        self._world.theatre.servers[service].is_away = True
        return f"the database of {service} is away"

    def all_is_back(self) -> str:
        for server in self._world.theatre.servers.values():
            server.is_away = False
        self._world.broker.is_away = self._world.broker.has_alarm = False
        return "every server is back"

    # The broker

    def lose_broker_connection(self) -> str | None:
        lines = self._world.broker.lines
        if not lines:
            return None
        line = self._chance.choice(lines)
        line.lose()
        return f"{line.owner.name} loses its connection to the broker"

    def broker_away(self) -> str:
        self._world.broker.restart(wiped=False)
        self._world.broker.is_away = self._chance.random() < 0.5
        return "the broker restarts" + (" later" if self._world.broker.is_away else "")

    def alarm(self) -> str:
        self._world.broker.has_alarm = True
        return "the broker has an alarm"

    def _queues(self) -> list[Any]:
        return [queue for _, queue in sorted(self._world.broker.queues.items()) if queue.ready]

    def duplicate(self) -> str | None:
        queues = self._queues()
        if not queues:
            return None
        queue = self._chance.choice(queues)
        copy = self._chance.choice(queue.ready)
        queue.ready.insert(self._chance.randint(0, len(queue.ready)), Copy(copy.message_id, copy.body, copy.headers))
        return f"{copy.message_id} is twice in {queue.name}"

    def rubbish(self) -> str | None:
        body = self._chance.choice((b"\xff", b"[]", b'{"specversion":"1.0","type":"a.b.v1"}')) + b" " * len(
            self.garbage
        )
        name = topology.queue_name(self._chance.choice(SERVICES), self._chance.choice(list(Lane)))
        queue = self._world.broker.queues.get(name)
        if queue is None:
            return None
        self.garbage.append(body)
        queue.ready.append(Copy(None, body, {}))
        return f"somebody puts {body!r} into {name}"

    def purge(self) -> str | None:
        queues = self._queues()
        if not queues:
            return None
        queue = self._chance.choice(queues)
        queue.ready.clear()
        return f"{queue.name} is emptied"

    def lose_message(self) -> str | None:
        queues = self._queues()
        if not queues:
            return None
        queue = self._chance.choice(queues)
        copy = queue.ready.pop(self._chance.randrange(len(queue.ready)))
        return f"{copy.message_id} vanishes from {queue.name}"

    def lose_queue(self) -> str | None:
        names = sorted(name for name in self._world.broker.queues if not name.endswith("dead"))
        if not names:
            return None
        name = self._chance.choice(names)
        self._world.broker.lose_queue(name)
        return f"{name} is deleted"

    def wipe(self) -> str:
        self._world.broker.restart(wiped=True)
        return "the broker loses its disk"

    # Time and people

    def jump(self) -> str:
        seconds = self._chance.choice(JUMPS)
        self._world.stage.now += seconds
        return f"{seconds} s pass"

    def operate(self) -> str:
        """An operator replays a parked message, or discards it."""
        service = self._chance.choice(SERVICES)
        process = self._world.start(service, "web")
        discards = self._chance.random() < 0.3
        process.spawn("operator", lambda: _operate(self._world, process.database, discards=discards))
        return f"an operator looks at the parked messages of {service}"


def _operate(world: Any, database: Any, *, discards: bool) -> None:
    try:
        with database.begin() as uow:
            for message in parked.list_parked(uow.connection, limit=1):
                if discards:
                    parked.discard(uow.connection, [message.parked_id], "not needed", "an operator")
                else:
                    parked.replay(uow.connection, [message.parked_id], world.stage.machine_now(), "an operator")
    except (Refusal, SQLAlchemyError):
        pass
