"""Whatever stands around a message, the event inside takes effect and the worker goes on."""

import json

import pika
import pytest
from pika.exceptions import AMQPError, ChannelClosedByBroker

from frist_contracts import MAX_BYTES
from messaging.identifiers import new_id
from tests.contracts.samples import sample as sample_of
from tests.hostile.properties import ODD_PROPERTIES
from tests.messaging.conftest import Sample, an_answer, eventually

FEWEST_LET_THROUGH = 20


def test_odd_properties_harm_neither_the_worker_nor_the_event(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    through = [name for name, properties in ODD_PROPERTIES.items() if was_let_through(sample, name, properties)]

    eventually(lambda: sample.effects() == 1 + len(through), 30)
    assert len(through) >= FEWEST_LET_THROUGH
    assert sample.processes["worker"].poll() is None
    assert sample.scalar("SELECT count(*) FROM parked") == sample.scalar("SELECT count(*) FROM retries") == 0


def was_let_through(sample: Sample, name: str, properties: pika.BasicProperties, body: bytes | None = None) -> bool:
    """Some the broker itself will not read: it ends the connection of whoever sent them."""
    connection = pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"]))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish("", "sample.bulk", body or an_answer_about(name), properties)
    except AMQPError:
        return False
    connection.close()
    return True


def an_answer_about(name: str) -> bytes:
    message = sample_of(type(an_answer()))
    message["id"] = new_id()
    message["data"]["survey_id"] = message["subject"] = f"about {name}"
    return json.dumps(message).encode()


def test_a_body_that_says_how_to_decode_it_is_kept_as_it_came(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)
    body = "räksmörgås".encode("utf-16")

    with pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])) as connection:
        connection.channel().basic_publish("", "sample.bulk", body, pika.BasicProperties(content_encoding="utf-16"))

    eventually(lambda: sample.scalar("SELECT count(*) FROM parked") == 1)
    assert bytes(sample.scalar("SELECT body FROM parked")) == body


def test_a_larger_message_than_any_event_is_refused_at_the_door(vhost_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(vhost_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("anybody")
        channel.basic_publish("", "anybody", b" " * MAX_BYTES)

        with pytest.raises(ChannelClosedByBroker, match="larger than"):
            channel.basic_publish("", "anybody", b" " * (MAX_BYTES + 1))


def test_a_worker_that_breaks_all_the_same_ends_and_leaves_the_message(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 1)

    sample.execute("ALTER TABLE parked RENAME TO gone")
    was_let_through(sample, "nobody", pika.BasicProperties(), body=b"no event")
    eventually(lambda: sample.processes["worker"].poll() is not None)

    sample.execute("ALTER TABLE gone RENAME TO parked")
    sample.processes.pop("worker")
    sample.start("worker")
    eventually(lambda: sample.scalar("SELECT reason FROM parked") is not None)
