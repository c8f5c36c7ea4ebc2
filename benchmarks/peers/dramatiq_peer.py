"""Dramatiq: threads, confirms, acknowledged after the actor; its queues made quorum queues, which it has no option for."""

import sys
from typing import Any

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from benchmarks.peers import settings, work

QUEUE = "peer.dramatiq"


class QuorumBroker(RabbitmqBroker):  # type: ignore[misc]  # not installed where types are checked
    """Dramatiq's broker with another kind of queue."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": "quorum"}


broker = QuorumBroker(url=settings.AMQP_URL, confirm_delivery="seed" not in sys.argv)
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name=QUEUE)
def keep(message: dict[str, Any]) -> None:
    """One message, in one of the worker's threads."""
    work.apply(work.Message.model_validate(message), work.connection_of_thread())


if __name__ == "__main__":
    work.publish_all(keep.send)
    broker.close()
