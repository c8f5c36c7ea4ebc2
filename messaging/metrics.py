"""What a process counts about delivery, for Prometheus; docs/metrics.md says what each means and when to be alarmed."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

BY_LANE = ["service", "lane"]
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

published = Counter("frist_events_published_total", "Events confirmed by the broker", BY_LANE)
returned = Counter("frist_events_returned_total", "Events that reached no queue or were refused", BY_LANE)
applied = Counter("frist_events_applied_total", "Events that took effect", ["service", "lane", "type"])
delay = Histogram(
    "frist_event_delay_seconds", "From the creation of a batch's oldest event to its effect", BY_LANE, buckets=SECONDS
)
duplicates = Counter("frist_events_duplicate_total", "Deliveries absorbed by the inbox", BY_LANE)
retried = Counter("frist_events_retried_total", "Failed attempts that are tried again", ["service", "lane", "type"])
parked = Counter("frist_events_parked_total", "Messages given up on", ["service", "lane", "reason"])
batch_size = Histogram(
    "frist_batch_size", "Messages in one transaction", BY_LANE, buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
queue_messages = Gauge("frist_queue_messages", "Messages that wait in a queue", ["service", "queue"])
queue_oldest = Gauge("frist_queue_oldest_seconds", "Age of the oldest event in hand", ["service", "queue"])
outbox_waiting = Gauge("frist_outbox_waiting", "Events not yet published", BY_LANE)
outbox_oldest = Gauge("frist_outbox_oldest_seconds", "Age of the oldest event not yet published", BY_LANE)
retries_waiting = Gauge("frist_retries_waiting", "Events that wait to be tried again", BY_LANE)
parked_open = Gauge("frist_parked_open", "Parked messages that nobody has decided on", BY_LANE)
relay_active = Gauge("frist_relay_active", "1 on the relay that is at work", ["service"])


def serve(port: int | None) -> None:
    """Answer `/metrics` on a port of its own, when one is set."""
    if port:
        start_http_server(port)
