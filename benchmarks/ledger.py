"""What the ledger costs: the same work with pages and auditor, and without.

Without, the relay closes no page and no page is in the queue, so the auditor finds nothing to do. With, pages are closed
each second or 10,000 positions, far more often than in production, and audited as often. Long runs: a difference of a few
per cent is lost in what short ones differ by themselves.
"""

from benchmarks import consuming, processes, queues, relaying
from benchmarks.events import stored_rows
from benchmarks.scene import Contestants, Scene
from benchmarks.tables import Subject

WITHOUT = "without_pages:OneByOne"


def bench(scene: Scene) -> Contestants:
    """Relaying and consuming, each with and without."""
    producer, consumer = Subject(scene.servers.database("ledger_producer")), Subject(scene.servers.database("ledger"))
    stored_rows(producer.url)
    return {
        "ledger.relay_with": lambda: relaying.rate(scene, producer, scene.scale.relayed_with_pages),
        "ledger.relay_without": lambda: relaying.rate(scene, producer, scene.scale.relayed_with_pages, WITHOUT),
        "ledger.consume_with": lambda: _consume(scene, producer, consumer, "service:OneByOne"),
        "ledger.consume_without": lambda: _consume(scene, producer, consumer, WITHOUT),
    }


def _consume(scene: Scene, producer: Subject, consumer: Subject, what: str) -> float:
    """Events a second of a worker whose queue a relay has filled, with pages or without."""
    producer.empty()
    consumer.empty()
    relaying.fill(producer, scene.scale.consumed_with_pages)
    events = producer.count("outbox")
    queues.declare(scene.amqp_url)
    environment = {
        f"FRIST_{queues.PRODUCER.upper()}_DATABASE_URL": producer.url,
        "FRIST_AMQP_URL": scene.amqp_url,
        "FRIST_PAGE_SECONDS": "1",
    }
    log, command = scene.log("relay"), processes.subject(queues.PRODUCER, what, "relay")
    pages = 0 if what == WITHOUT else 1
    with processes.running(command, environment, log) as process:
        processes.wait_until(lambda: _is_published(producer, pages), process, log, "the relay")
    scene.servers.checkpoint()
    consuming.consume(scene, consumer, what, events, page_seconds=1)
    consumer.check(("waiting_list",), events)
    return consumer.rate("waiting_list", "written_at", events // 10)


def _is_published(producer: Subject, pages: int) -> bool:
    """Whether everything is on its way, and at least so many pages with it."""
    closed = producer.scalar("SELECT count(*) FROM outbox WHERE type LIKE '%.page_closed.v1'")
    waiting = producer.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL")
    return closed >= pages and not waiting
