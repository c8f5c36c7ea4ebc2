"""The queues that are filled and emptied."""

import time
from collections.abc import Iterable

from kombu.connection import Connection

from benchmarks import processes
from benchmarks.events import a_message
from frist_contracts import CaseRegistered, Event
from frist_contracts.delivery import PAGE_CLOSED, RESEND_REQUESTED
from messaging import topology
from messaging.publishers import Publishers

CONSUMER = "scheduling"
PRODUCER = "registration"
BULK = topology.queue_name(CONSUMER, "bulk")
LISTENED_TO: tuple[type[Event], ...] = (CaseRegistered, PAGE_CLOSED[PRODUCER], *RESEND_REQUESTED.values())


def declare(amqp_url: str, events: Iterable[type[Event]] = LISTENED_TO) -> None:
    """Have the consumer's queues, bound and empty."""
    with Connection(amqp_url) as connection:
        channel = connection.channel()
        topology.declare(channel, CONSUMER, events)
        for lane in ("urgent", "bulk"):
            channel.queue_purge(topology.queue_name(CONSUMER, lane))


def purge(amqp_url: str, queue: str) -> None:
    """Empty a queue."""
    with Connection(amqp_url) as connection:
        connection.channel().queue_purge(queue)


def waiting(amqp_url: str, queue: str) -> int:
    """How many messages wait in a queue."""
    with Connection(amqp_url) as connection:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)


def wait_for(amqp_url: str, queue: str, events: int, seconds: float = 30) -> None:
    """Return when a queue holds so many; raises AssertionError when it does not come to that."""
    until = time.monotonic() + seconds
    while (found := waiting(amqp_url, queue)) != events:
        if time.monotonic() > until:
            raise AssertionError(f"{queue} holds {found} messages of {events}")
        time.sleep(0.05)


def fill(amqp_url: str, events: int) -> None:
    """Put so many events into the consumer's queue, each confirmed."""
    publishers = Publishers(amqp_url, ["bench"])
    publishers.connect()
    (publisher,) = publishers.each
    left = [a_message(position) for position in range(events, 0, -1)]
    settled, until = 0, time.monotonic() + processes.LONGEST_SECONDS
    while settled < events and time.monotonic() < until:
        while left and publisher.room > 0:
            publisher.offer(left.pop())
        publishers.turn(0.5)
        confirmed, refused = publisher.settled()
        if refused:
            raise AssertionError(f"{len(refused)} messages reached no queue")
        settled += len(confirmed)
    publishers.close()
