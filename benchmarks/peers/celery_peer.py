"""Celery: a pool of threads, confirms, late acknowledgement, a quorum queue."""

import sys
from typing import Any

from celery import Celery
from kombu.entity import Exchange, Queue

from benchmarks.peers import settings, work

QUEUE = "peer.celery"

app = Celery("peer", broker=settings.AMQP_URL)
app.conf.update(
    task_queues=[Queue(QUEUE, Exchange(""), QUEUE, queue_arguments={"x-queue-type": "quorum"})],
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=max(1, settings.PREFETCH // settings.CONCURRENCY),
    worker_detect_quorum_queues=True,
    broker_transport_options={"confirm_publish": "seed" not in sys.argv},
    broker_connection_retry_on_startup=True,
)


@app.task(name="keep")
def keep(message: dict[str, Any]) -> None:
    """One message, in one of the worker's threads."""
    work.apply(work.Message.model_validate(message), work.connection_of_thread())


if __name__ == "__main__":
    with app.producer_or_acquire() as producer:
        work.publish_all(lambda message: keep.apply_async((message,), producer=producer, mandatory=True))
