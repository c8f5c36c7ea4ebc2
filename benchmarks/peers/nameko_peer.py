"""Stock nameko: green threads, confirms (its default), acknowledged after the worker, a quorum queue."""

import sys
from collections import deque
from typing import Any

import psycopg2
from kombu.entity import Exchange, Queue
from nameko.amqp.publish import Publisher
from nameko.messaging import consume  # noqa: TID251 - what the ban is about is measured here

from benchmarks.peers import settings, work

QUEUE = "peer.nameko"
queue = Queue(QUEUE, Exchange(""), QUEUE, queue_arguments={"x-queue-type": "quorum"}, durable=True)
connections: deque[Any] = deque()


class PeerService:
    """What `nameko run` runs."""

    name = "peer"

    @consume(queue)
    def keep(self, message: dict[str, Any]) -> None:
        """One message, in a green thread of its own."""
        connection = connections.pop() if connections else psycopg2.connect(settings.DATABASE_URL)
        work.apply(work.Message.model_validate(message), connection)
        connections.append(connection)


if __name__ == "__main__":
    publisher = Publisher(
        settings.AMQP_URL, routing_key=QUEUE, serializer="json", declare=[queue], use_confirms="seed" not in sys.argv
    )
    work.publish_all(lambda message: publisher.publish(message, mandatory=True))
