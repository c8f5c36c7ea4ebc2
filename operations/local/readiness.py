"""When a stack is ready: every web answers, every queue has its consumer, every outbox its relay."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import psycopg

from messaging.relay import LOCK_KEY
from messaging.topology import queue_name
from operations.broker import Broker
from operations.errors import StartError
from operations.local import processes
from operations.services import SERVICES


def wait_until_ready(
    public_url: str, broker: Broker, database_urls: Mapping[str, str], logs: Path, patience: float = 90
) -> None:
    """Return when everything is ready; after `patience` seconds raise StartError naming what is not."""
    deadline = time.monotonic() + patience
    while missing := list(_not_ready(public_url, broker, database_urls)):
        if time.monotonic() > deadline:
            ends = "\n".join(f"--- {name}\n{processes.last_lines(logs / f'{name}.log')}" for name in missing)
            raise StartError(f"Not ready after {patience:.0f} s: {', '.join(missing)}. Their logs end:\n{ends}")
        time.sleep(0.2)


def _not_ready(public_url: str, broker: Broker, database_urls: Mapping[str, str]) -> Iterator[str]:
    if not all(_web_answers(f"{public_url}/{service}/health/ready") for service in SERVICES):
        yield "web"
    for service in SERVICES:
        if not _is_consuming(broker, service):
            yield f"{service}-worker"
        if not _is_relaying(database_urls[service]):
            yield f"{service}-relay"


def _web_answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310  (our own address)
            return bool(answer.status == 200)
    except OSError:
        return False


def _is_consuming(broker: Broker, service: str) -> bool:
    vhost = quote(urlsplit(broker.amqp_url).path[1:], safe="")
    try:
        queues = [broker.ask("GET", f"/api/queues/{vhost}/{queue_name(service, lane)}") for lane in ("urgent", "bulk")]
    except OSError:
        return False
    return all(queue.get("consumer_details") or queue.get("consumers") for queue in queues)


def _is_relaying(database_url: str) -> bool:
    """The active relay holds an advisory lock in its service's database."""
    query = """
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE locktype = 'advisory' AND objid = %s AND datname = current_database()
    """
    with psycopg.connect(database_url) as connection:
        return connection.execute(query, [LOCK_KEY]).fetchone() is not None
