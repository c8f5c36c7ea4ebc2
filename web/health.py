"""Whether the process lives, whether it can serve, and its metrics."""

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from messaging.logs import logger
from web.access import allow, anyone
from web.database import app_database

_log = logger(__name__)


def health_blueprint() -> Blueprint:
    """`/health/live`, `/health/ready` and `/metrics`."""
    health = Blueprint("health", __name__)
    health.add_url_rule("/health/live", view_func=live)
    health.add_url_rule("/health/ready", view_func=ready)
    health.add_url_rule("/metrics", view_func=metrics)
    return health


@allow(anyone)
def live() -> Response:
    """The process answers."""
    return Response("alive\n", mimetype="text/plain")


@allow(anyone)
def ready() -> Response:
    """The database answers too; else 503, and a proxy sends requests elsewhere."""
    try:
        with app_database().engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        _log.warning("not_ready", error=type(error).__name__)
        return Response("the database does not answer\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@allow(anyone)
def metrics() -> Response:
    """Prometheus' text format."""
    registry: CollectorRegistry = REGISTRY
    if current_app.config["FRIST_SETTINGS"].metrics_of_many_processes:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
