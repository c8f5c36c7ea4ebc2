"""Hostile messages by the thousand through the real broker into a real worker, with good ones between."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pika
import psutil

from frist_contracts import CONTENT_TYPE, MAX_BYTES, ContractError, Lane, SurveyAnswered, decode
from messaging import topology
from messaging.identifiers import new_id
from tests.contracts.samples import sample as sample_of
from tests.hostile import kinds
from tests.hostile.specimen import specimens
from tests.messaging.conftest import Sample

assert kinds  # imported for the kinds it registers

GOOD_EVERY = 10
AT_ONCE = 1_000


@dataclass
class Sent:
    """What went to the queue: `good` must take effect, `unreadable` be parked, `readable` be applied or passed over.

    Of each body that is no event: its SHA-256.
    """

    good: int = 0
    readable: int = 0
    unreadable: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """All of them."""
        return self.good + self.readable + len(self.unreadable)


def flood(sample: Sample, seed: int, count: int) -> Iterator[Sent]:
    """Publish them straight to the worker's queue; yields after every thousand."""
    sent, queue = Sent(), topology.queue_name(sample.service, Lane.BULK)
    with pika.BlockingConnection(pika.URLParameters(sample.environment["FRIST_AMQP_URL"])) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for number, specimen in enumerate(specimens(seed, count)):
            body = specimen.body[:MAX_BYTES]  # the broker takes no larger ones
            if number % GOOD_EVERY == 0:
                body = a_good_one(random.Random(f"{seed} {number}"))
                sent.good += 1
            elif _is_readable(body):
                sent.readable += 1
            else:
                sent.unreadable.add(hashlib.sha256(body).hexdigest())
            channel.basic_publish("", queue, body, pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2))
            if number % AT_ONCE == 0:
                yield sent
    yield sent


def a_good_one(rng: random.Random) -> bytes:
    """An answer that the sample service counts."""
    message = sample_of(SurveyAnswered)
    message["id"] = new_id()
    message["data"]["survey_id"] = message["subject"] = f"good {rng.getrandbits(64)}"
    message["data"]["score"] = 5
    return json.dumps(message).encode()


def memory_of(sample: Sample) -> int:
    """How many bytes the worker holds."""
    return int(psutil.Process(sample.processes["worker"].pid).memory_info().rss)


def processor_seconds_of(sample: Sample) -> float:
    """How long the worker has been working."""
    times = psutil.Process(sample.processes["worker"].pid).cpu_times()
    return float(times.user + times.system)


def _is_readable(body: bytes) -> bool:
    try:
        decode(body)
    except ContractError:
        return False
    return True
