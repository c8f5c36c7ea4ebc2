"""Relaying: a full outbox, one relay process, and how fast its rows are confirmed and marked."""

import subprocess
import sys
from functools import partial

from benchmarks import processes, queues
from benchmarks.events import stored_rows
from benchmarks.peering import PEERS, Peer
from benchmarks.scene import Contestants, Scene
from benchmarks.tables import Subject
from operations import settings
from operations.errors import StartError

_FILL = """
    INSERT INTO outbox (event_id, type, subject, municipality, lane, private, routing_key, envelope)
    SELECT made_id, type, made_case, municipality, lane, private, routing_key,
           replace(replace(envelope, event_id::text, made_id::text), subject, made_case)
    FROM (SELECT *, overlay(gen_random_uuid()::text PLACING substr(moment, 1, 8) || '-' || substr(moment, 9) || '-7' FROM 1 FOR 15)::uuid
                    AS made_id, gen_random_uuid()::text AS made_case
          FROM (SELECT *, lpad(to_hex((1000 * extract(epoch FROM clock_timestamp()))::bigint), 12, '0') AS moment
                FROM stored, generate_series(1, %(times)s)) AS timed) AS made
"""
"""Ids as the platform gives them, UUIDv7: they come in the order of time, and so do their places in the index."""


def bench(scene: Scene) -> Contestants:
    """The relay, bare pika with the same window, and the peers' publishers."""
    subject = Subject(scene.servers.database("relaying"))
    stored_rows(subject.url)
    return {
        "relay.relay": lambda: rate(scene, subject, scene.scale.relayed),
        "relay.raw": lambda: raw_rate(scene),
        **{f"relay.{peer.name}": partial(peer_rate, scene, peer) for peer in PEERS},
    }


def backlog(scene: Scene) -> Contestants:
    """The same relay with a long and with a short backlog before it."""
    long, short = Subject(scene.servers.database("long_backlog")), Subject(scene.servers.database("short_backlog"))
    for subject in (long, short):
        stored_rows(subject.url)
    scene.say(f"  filling an outbox with {scene.scale.long_backlog:,} rows ...")
    fill(long, scene.scale.long_backlog)
    long.execute("VACUUM ANALYZE outbox")
    few = scene.scale.short_backlog
    return {
        "relay.long_backlog": lambda: rate_so_far(scene, long, few),
        "relay.short_backlog": lambda: rate(scene, short, few),
    }


def fill(subject: Subject, events: int) -> None:
    """Store so many events, as the outbox would have."""
    subject.execute(_FILL.replace("%(times)s", str(-(-events // subject.count("stored")))))


def refill(subject: Subject, events: int) -> None:
    """Have so many events wait, and nothing else in the outbox."""
    subject.empty()
    fill(subject, events)
    subject.execute("VACUUM ANALYZE outbox")


def rate(scene: Scene, subject: Subject, events: int) -> float:
    """Rows a second of an outbox that is emptied to its last row."""
    refill(subject, events)
    return rate_so_far(scene, subject, subject.count("outbox"))


def rate_so_far(scene: Scene, subject: Subject, events: int, what: str = "service:OneByOne") -> float:
    """Rows a second until so many have reached the queue; the rest goes on waiting."""
    queues.declare(scene.amqp_url)
    scene.servers.checkpoint()
    since = subject.scalar("SELECT extract(epoch FROM clock_timestamp())")
    environment = {f"FRIST_{queues.PRODUCER.upper()}_DATABASE_URL": subject.url, "FRIST_AMQP_URL": scene.amqp_url}
    log, command = scene.log("relay"), processes.subject(queues.PRODUCER, what, "relay")
    with processes.running(command, environment, log) as process:
        processes.wait_until(
            lambda: queues.waiting(scene.amqp_url, queues.BULK) >= events, process, log, "the relay", look_seconds=0.05
        )
    queues.purge(scene.amqp_url, queues.BULK)
    return subject.rate("outbox", "published_at", events // 10, since)


def raw_rate(scene: Scene) -> float:
    """Messages a second of pika alone: the same bytes, the same window, nothing read and nothing marked."""
    queues.declare(scene.amqp_url)
    scene.servers.checkpoint()
    command = [sys.executable, "-m", "benchmarks.raw_publisher", str(scene.scale.relayed)]
    environment = settings.inherited() | {"FRIST_AMQP_URL": scene.amqp_url, "FRIST_REGISTRATION_DATABASE_URL": "none"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=processes.ROOT)
    if done.returncode != 0:
        raise StartError(f"the raw publisher failed:\n{done.stderr[-2000:]}")
    queues.wait_for(scene.amqp_url, queues.BULK, scene.scale.relayed)
    queues.purge(scene.amqp_url, queues.BULK)
    return float(done.stdout)


def peer_rate(scene: Scene, peer: Peer) -> float:
    """Messages a second of a peer's publisher, each confirmed before the next."""
    scene.servers.checkpoint()
    published = peer.publish("publish", scene.scale.published, peer.environment(scene.amqp_url, ""))
    queues.wait_for(scene.amqp_url, peer.queue, published.events)
    queues.purge(scene.amqp_url, peer.queue)
    return published.rate
