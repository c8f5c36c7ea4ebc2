"""The broker lets nobody publish under another's name: with the permissions of the deployment, as they are."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from messaging.identifiers import new_id
from operations.broker import Broker
from tests.contracts.samples import sample as sample_of
from tests.messaging.conftest import ROOT, an_answer

START = ROOT / "deploy" / "rabbitmq" / "start"
MUNICIPALITY = "municipality-0101"
SERVICES = ("registration", "scheduling", "notifications", "reporting")
KEY = "reporting.survey_answered.bulk.dk-0101"

OWN_EXCHANGE = {"user": MUNICIPALITY, "configure": "^$", "write": "^events$", "read": "^$"}
OWN_TOPIC = {"user": MUNICIPALITY, "exchange": "events", "write": "^municipality\\.0101\\.", "read": "^$"}
"""What a service of a municipality could be given at most: to tell, under its own name."""


@pytest.fixture
def users(broker: Broker, vhost_url: str, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """The users of the deployment, and a municipality's, on the test's virtual host: `users(name)` is its URL."""
    vhost = vhost_url.rpartition("/")[2]
    definitions = deployed(tmp_path)
    made = (*SERVICES, MUNICIPALITY)
    for name in made:
        broker.ask("PUT", f"/api/users/{name}", {"password": "secret", "tags": ""})
    rights = {"permissions": [OWN_EXCHANGE], "topic_permissions": [OWN_TOPIC]}
    for what, own in rights.items():
        for row in [*definitions[what], *own]:
            if row["user"] in made:
                broker.ask("PUT", f"/api/{what.replace('_', '-')}/{vhost}/{row['user']}", row)
    parts = urlsplit(vhost_url)
    yield lambda name: urlunsplit(parts._replace(netloc=f"{name}:secret@{parts.hostname}:{parts.port}"))
    for name in made:
        broker.ask("DELETE", f"/api/users/{name}")


def deployed(folder: Path) -> dict[str, Any]:
    """What the deployment tells its broker: the very script, writing elsewhere and starting nothing."""
    script, _, _starting = START.read_text().partition("# Copied, not mounted")
    secrets = {f"{service.upper()}_BROKER_PASSWORD": "secret" for service in SERVICES}
    environment = {"PATH": "/bin:/usr/bin", "RABBITMQ_ADMIN_PASSWORD": "secret", **secrets}
    text = script.replace("/etc/rabbitmq/definitions.json", str(folder / "definitions.json"))
    subprocess.run(["sh", "-c", text], env=environment, check=True)
    loaded: dict[str, Any] = json.loads((folder / "definitions.json").read_text())
    return loaded


def connected(url: str) -> Any:
    return pika.BlockingConnection(pika.URLParameters(url))


def publish(connection: Any, exchange: str, key: str, event: dict[str, Any], user: str | None) -> None:
    channel = connection.channel()
    channel.confirm_delivery()
    properties = pika.BasicProperties(user_id=user)
    channel.basic_publish(exchange, key, json.dumps(event).encode(), properties, mandatory=True)


def an_event(**changes: Any) -> dict[str, Any]:
    return {**sample_of(type(an_answer())), "id": new_id(), **changes}


@pytest.mark.parametrize("user", [MUNICIPALITY, "registration", "scheduling"])
def test_the_broker_lets_nobody_publish_as_another(users: Callable[[str], str], user: str) -> None:
    with connected(users("reporting")) as owner:
        owner.channel().exchange_declare("events", "topic", durable=True)
    with connected(users(user)) as connection, pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        publish(connection, "events", KEY, an_event(), user=user)


def test_a_municipality_reaches_no_queue_of_the_core(users: Callable[[str], str]) -> None:
    with connected(users(MUNICIPALITY)) as connection, pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
        publish(connection, "", "scheduling.bulk", an_event(), user=MUNICIPALITY)


def test_the_broker_lets_nobody_stamp_a_message_with_another_name(users: Callable[[str], str]) -> None:
    with connected(users("registration")) as connection, pytest.raises(ChannelClosedByBroker, match="user_id"):
        publish(connection, "", "scheduling.bulk", an_event(), user="reporting")
