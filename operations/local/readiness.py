"""When a stack is ready: every web answers, every queue has its consumer, every outbox its relay."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from urllib.request import urlopen

import pika
import psycopg
from pika.exceptions import AMQPError, ChannelClosedByBroker

from messaging.nodes import addresses
from messaging.relay import LOCK_KEY
from messaging.topology import queue_name
from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.local.supervisor import Supervisor
from operations.queues import LANES
from operations.services import SERVICES

ANSWER_SECONDS = 5
HOPELESS_AFTER_RESTARTS = 3
"""A process that dies this often while the stack starts will not get better by itself."""


def wait_until_ready(
    public_url: str, broker: Broker, database_urls: Mapping[str, str], supervisor: Supervisor, patience: float = 90
) -> None:
    """Return when everything is ready; raise StartError, with the ends of the logs, when something will not be."""
    deadline = time.monotonic() + patience
    while next(_not_ready(public_url, broker, database_urls), None):  # no more questions than it takes: others start up
        hopeless = [each.name for each in supervisor.running() if each.restarts >= HOPELESS_AFTER_RESTARTS]
        if hopeless or time.monotonic() > deadline:
            logs = {each.name: each.log for each in supervisor.running()}
            missing = list(_not_ready(public_url, broker, database_urls))
            ends = "\n".join(f"--- {logs[name]}\n{processes.last_lines(logs[name])}" for name in hopeless or missing)
            raise StartError(f"Not ready: {', '.join(missing)}. Their logs end:\n{ends}")
        time.sleep(0.2)


def _not_ready(public_url: str, broker: Broker, database_urls: Mapping[str, str]) -> Iterator[str]:
    if not all(_web_answers(f"{public_url}/{service}/health/ready") for service in SERVICES):
        yield "web"
    consumed = _consumed(broker.amqp_url)
    for service in SERVICES:
        if not all(queue_name(service, lane) in consumed for lane in LANES):
            yield f"{service}-worker"
        if not _is_relaying(database_urls[service]):
            yield f"{service}-relay"


def _web_answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310  (our own address)
            return bool(answer.status == 200)
    except OSError:
        return False


def _consumed(amqp_url: str) -> set[str]:
    """The queues that somebody takes from; none while the broker does not answer.

    Asked of the queues themselves: the management API tells of a consumer seconds later.
    """
    consumed = set()
    nodes = [_patiently(url) for url in addresses(amqp_url)]
    with suppress(AMQPError, OSError), closing(pika.BlockingConnection(nodes)) as connection:
        for name in [queue_name(service, lane) for service in SERVICES for lane in LANES]:
            with suppress(ChannelClosedByBroker):  # there is none yet
                if connection.channel().queue_declare(name, passive=True).method.consumer_count:
                    consumed.add(name)
    return consumed


def _patiently(url: str) -> pika.URLParameters:
    node = pika.URLParameters(url)
    node.socket_timeout = node.stack_timeout = node.blocked_connection_timeout = node.heartbeat = ANSWER_SECONDS
    return node


def _is_relaying(database_url: str) -> bool:
    """The active relay holds an advisory lock in its service's database."""
    query = """
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE locktype = 'advisory' AND objid = %s AND datname = current_database()
    """
    with psycopg.connect(database_url) as connection:
        return connection.execute(query, [LOCK_KEY]).fetchone() is not None
