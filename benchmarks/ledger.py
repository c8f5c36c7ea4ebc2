"""What the ledger costs: the processor time of its pages and audits, beside that of the work they go with.

A rate with pages against one without says nothing about a cost this small: two rounds of the same differ by ten times as
much. So the work is done without the ledger, and then the real pager closes all its pages and the real auditor compares
them, each counted by itself, with everything that PostgreSQL and RabbitMQ do for it.
"""

import time
from datetime import timedelta

from benchmarks import consuming, processes, processors, queues, relaying
from benchmarks.events import stored_rows
from benchmarks.scene import Contestants, Scene
from benchmarks.tables import Subject
from frist_contracts import CaseRegistered
from messaging.clock import machine_now
from messaging.connection import plain_engine
from messaging.database import Database
from messaging.horizon import REST_SECONDS
from messaging.ledger import Auditor, closed_up_to
from messaging.pager import Pager
from messaging.settings import sqlalchemy_url
from messaging.unit_of_work import UnitOfWork

WITHOUT = "without_pages:OneByOne"
PACE = timedelta(seconds=1)

_IS_TOLD = """
    SELECT CAST(NOT EXISTS (SELECT FROM outbox WHERE published_at IS NULL) AND EXISTS (
        SELECT FROM outbox WHERE type LIKE '%.page_closed.v1' AND CAST(envelope AS json) #>> '{data,last_position}' = (
            SELECT max(position)::text FROM outbox WHERE type NOT LIKE '%.page_closed.v1')) AS int)
"""
"""Whether everything is on its way, and the page that ends with it."""


def bench(scene: Scene) -> Contestants:
    """The ledger's share of what relaying and consuming take."""
    producer, consumer = Subject(scene.servers.database("ledger_producer")), Subject(scene.servers.database("ledger"))
    stored_rows(producer.url)
    return {
        "ledger.relay": lambda: _relay(scene, producer),
        "ledger.consume": lambda: _consume(scene, producer, consumer),
    }


def _relay(scene: Scene, producer: Subject) -> float:
    """The share of closing pages, when everything in an outbox is relayed."""
    relaying.refill(producer, scene.scale.relayed_with_pages)
    spent = processors.spent_seconds()
    relaying.rate_so_far(scene, producer, producer.count("outbox"), WITHOUT)
    return _share(_seconds_of_closing(producer), processors.spent_seconds() - spent)


def _consume(scene: Scene, producer: Subject, consumer: Subject) -> float:
    """The share of comparing pages, when a worker empties its queue, pages and all."""
    consumer.empty()
    relaying.refill(producer, scene.scale.consumed_with_pages)
    events = producer.count("outbox")
    _relay_with_pages(scene, producer)
    scene.servers.checkpoint()
    spent = processors.spent_seconds()
    consuming.consume(scene, consumer, WITHOUT, events)
    spent = processors.spent_seconds() - spent
    consumer.check(("waiting_list",), events)
    return _share(_seconds_of_comparing(consumer), spent)


def _share(ledger: float, work: float) -> float:
    return ledger / (ledger + work)


def _seconds_of_closing(producer: Subject) -> float:
    """The pager's processor time for the whole outbox; the pages it closes stay there."""
    pager, last = Pager(queues.PRODUCER, page_seconds=0), producer.scalar("SELECT max(position) FROM outbox")
    engine = plain_engine(sqlalchemy_url(producer.url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        pager.look(connection)
        time.sleep(1.1 * REST_SECONDS)  # what it has seen may be complete only then
        spent = processors.spent_seconds()
        while closed_up_to(connection) < last:
            pager.look(connection)
        spent = processors.spent_seconds() - spent
    engine.dispose()
    return spent


def _seconds_of_comparing(consumer: Subject) -> float:
    """The auditor's processor time for every page there is; raises AssertionError when one does not agree."""
    database = Database(queues.CONSUMER, consumer.url, UnitOfWork)
    auditor, later = Auditor(queues.CONSUMER, [CaseRegistered], PACE), machine_now() + PACE
    with database.begin() as uow:
        pages = consumer.count("pages")
        spent = processors.spent_seconds()
        auditor.check(uow, later)
    spent = processors.spent_seconds() - spent
    database.dispose()
    left = consumer.scalar("SELECT count(*) FROM pages WHERE NOT is_settled")
    if not pages or left:
        raise AssertionError(f"{left:.0f} of {pages} pages do not agree with what was consumed")
    return spent


def _relay_with_pages(scene: Scene, producer: Subject) -> None:
    """Have everything in the outbox and its last page on their way."""
    queues.declare(scene.amqp_url)
    environment = {
        f"FRIST_{queues.PRODUCER.upper()}_DATABASE_URL": producer.url,
        "FRIST_AMQP_URL": scene.amqp_url,
        "FRIST_PAGE_SECONDS": f"{PACE.total_seconds():.0f}",
    }
    log, command = scene.log("relay"), processes.subject(queues.PRODUCER, "service:OneByOne", "relay")
    with processes.running(command, environment, log) as process:
        processes.wait_until(lambda: bool(producer.scalar(_IS_TOLD)), process, log, "the relay")
