"""What a process counts about delivery, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

published = Counter("frist_events_published_total", "Events confirmed by the broker", ["service"])
returned = Counter("frist_events_returned_total", "Events that reached no queue or were refused", ["service"])
applied = Counter("frist_events_applied_total", "Events that took effect", ["service", "lane", "type"])
duplicates = Counter("frist_events_duplicate_total", "Deliveries absorbed by the inbox", ["service", "lane"])
retried = Counter("frist_events_retried_total", "Failed attempts that are tried again", ["service", "type"])
parked = Counter("frist_events_parked_total", "Messages given up on", ["service", "reason"])
batch_size = Histogram(
    "frist_batch_size", "Messages in one transaction", ["service", "lane"], buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
outbox_waiting = Gauge("frist_outbox_waiting", "Whether the relay found events waiting, by lane", ["service", "lane"])
relay_active = Gauge("frist_relay_active", "1 on the relay that holds the lock", ["service"])


def serve(port: int | None) -> None:
    """Answer `/metrics` on a port of its own, when one is set."""
    if port:
        start_http_server(port)
