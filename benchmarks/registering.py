"""Registering over HTTP: the real endpoint and a bare one, under the same gunicorn and the same client."""

import hashlib
import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import psycopg

from benchmarks import bare_web, http_load, processes
from benchmarks.scene import Contestants, Scene
from messaging.migrate import upgrade
from operations.errors import RequestError
from operations.local.processes import free_ports
from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.world.national_numbers import cvr_numbers

PROGRAMME = "dk-digital-post-2013"
_FILES = processes.ROOT / "programmes"
_GUNICORN = (
    "--workers",
    "2",
    "--worker-class",
    "gthread",
    "--threads",
    "4",
    "--keep-alive",
    "30",
    "--no-control-socket",
    "--logger-class",
    "web.gunicorn_log.GunicornLog",
)


def bench(scene: Scene) -> Contestants:
    """The platform's endpoint and the bare one, each with a database of its own."""
    real, bare = scene.servers.database("registration"), scene.servers.database("bare")
    upgrade(real, "services.registration")
    with psycopg.connect(bare) as connection:
        connection.execute(bare_web.TABLES)
    key, numbers = f"frist_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}", cvr_numbers(seed=1)
    environment = {
        "FRIST_REGISTRATION_DATABASE_URL": real,
        "FRIST_BARE_DATABASE_URL": bare,
        "FRIST_AMQP_URL": scene.amqp_url,
        "FRIST_SECRET_KEY": secrets.token_urlsafe(48),
        "FRIST_LINK_KEY": secrets.token_urlsafe(48),
        "FRIST_OPERATOR_KEY_HASH": hashlib.sha256(key.encode()).hexdigest(),
        "FRIST_OPEN_POSTS_PER_MINUTE": "0",  # all of them come from one address here
        "FRIST_LOG_LEVEL": "INFO",
    }
    real_one = _Endpoint("services.registration.__main__:create_app()", "/registration/api/cases", environment, key)
    bare_one = _Endpoint("benchmarks.bare_web:create_app()", "/cases", environment)
    return {
        "web.registration": partial(_rate, scene, _requests(scene, real_one, numbers)),
        "web.bare": partial(_rate, scene, _requests(scene, bare_one, numbers)),
    }


@dataclass(frozen=True)
class _Endpoint:
    """An application for gunicorn, and where it takes registrations; with a `key` it is given the programme first."""

    app: str
    path: str
    environment: Mapping[str, str]
    key: str | None = None


@dataclass(frozen=True)
class _Requests:
    """What is asked of an endpoint that is up."""

    port: int
    bodies: Iterator[bytes]


def _requests(scene: Scene, endpoint: _Endpoint, numbers: Iterator[str]) -> _Requests:
    """The endpoint is up until the end of the bench, so that both take turns by the second; idle it costs nothing."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "gunicorn", endpoint.app, "--preload", "--bind", f"127.0.0.1:{port}", *_GUNICORN]
    told = {**endpoint.environment, "FRIST_PUBLIC_URL": f"http://localhost:{port}"}
    scene.ends.enter_context(processes.running(command, told, scene.log("web")))
    client = HttpClient(f"http://localhost:{port}", endpoint.key)
    _wait_until_it_answers(client)
    if endpoint.key:
        _apply_programme(client)
    requests = _Requests(port, (http_load.request_bytes(port, endpoint.path, _registration(one)) for one in numbers))
    for _ in range(2):
        _rate(scene, requests)  # not counted: it warms up
    return requests


def _rate(scene: Scene, requests: _Requests) -> float:
    return http_load.answered_per_second(requests.port, requests.bodies, scene.scale.seconds)


def _registration(number: str) -> bytes:
    wish = {
        "programme_id": PROGRAMME,
        "number": number,
        "kind": "association",
        "name": f"Foreningen af {number}",
        "contact_name": "Inger Holm",
        "address": "Algade 1",
        "postcode": "4000",
        "email": f"post@{number}.example",
        "phone": "+4520123456",
        "language": "da",
        "channel": "email",
        "municipality": "dk-0265",
        "help_forms": ["desk"],
    }
    return json.dumps(wish).encode()


def _wait_until_it_answers(client: HttpClient) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            client.attempt("GET", "/registration/health/live")
        except (OSError, RequestError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _apply_programme(client: HttpClient) -> None:
    for kind in ("municipalities", "postcodes"):
        client.call("PUT", f"/registration/api/{kind}/dk", (_FILES / kind / "dk.csv").read_bytes(), "text/csv")
    programme = (_FILES / f"{PROGRAMME}.yaml").read_bytes()
    client.call("PUT", f"/registration/api/programmes/{PROGRAMME}", programme, "application/yaml")
