"""Names every exchange and queue; no name is spelled anywhere else.

Exchange `events` (topic). Each service owns two quorum queues, `<service>.urgent` and `<service>.bulk`,
bound to the types it subscribes to. `x-delivery-limit` and a dead-letter queue stand behind the kernel's own
count of the processes that died with an event. What is declared here never relies on a broker's default.
"""

from collections.abc import Iterable
from typing import Any

from frist_contracts import Event, Lane

EVENTS_EXCHANGE = "events"
DEAD_EXCHANGE = "dead"
DELIVERY_LIMIT = 20
"""Generous, because a death, or a lost connection, counts for everything that was in hand."""
NO_LIMIT = 1_000_000
"""Of a dead-letter queue, from which nothing may be dropped: no version of RabbitMQ takes this for its own default."""

IN_A_CLUSTER = {"x-quorum-initial-group-size": 3, "x-queue-leader-locator": "balanced"}
"""Each queue has a copy on three nodes, of which it can lose one, and the queues' leaders are spread over the nodes."""


def queue_name(service: str, lane: Lane | str) -> str:
    """The queue of a service's lane, as `scheduling.urgent`."""
    return f"{service}.{Lane(lane).value}"


def dead_queue_name(service: str) -> str:
    """Where the broker puts what it gave up on for a service."""
    return f"{service}.dead"


def queue_arguments(service: str) -> dict[str, Any]:
    """The arguments of a service's lane queues."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        **IN_A_CLUSTER,
    }


def binding_key(event: type[Event], lane: Lane) -> str:
    """What a queue is bound with to get an event from every municipality."""
    return f"{event.producer}.{event.slug()}.{lane.value}.#"


def declare(channel: Any, service: str, subscribed: Iterable[type[Event]]) -> None:
    """Declare a service's queues and bind them (a py-amqp or kombu channel); declaring again changes nothing."""
    channel.exchange_declare(EVENTS_EXCHANGE, "topic", durable=True, auto_delete=False)
    channel.exchange_declare(DEAD_EXCHANGE, "direct", durable=True, auto_delete=False)
    kept = {"x-queue-type": "quorum", "x-delivery-limit": NO_LIMIT, **IN_A_CLUSTER}
    channel.queue_declare(dead_queue_name(service), durable=True, auto_delete=False, arguments=kept)
    channel.queue_bind(dead_queue_name(service), DEAD_EXCHANGE, service)
    for lane in Lane:
        name = queue_name(service, lane)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=queue_arguments(service))
        for event in subscribed:
            channel.queue_bind(name, EVENTS_EXCHANGE, binding_key(event, lane))
