"""Consuming: a full queue, one worker process (or two), and how fast every event has had its effect.

The queue is filled before the worker starts, and the rate is read from the rows it wrote.
"""

from contextlib import ExitStack
from functools import partial

from benchmarks import processes, queues
from benchmarks.peering import PEERS, Peer
from benchmarks.scene import Contestants, Scene
from benchmarks.tables import Subject


def bench(scene: Scene) -> Contestants:
    """The subject in its ways, its ceiling and its peers."""
    subject = Subject(scene.servers.database("consuming"))
    ordinary, sets = scene.scale.consumed, scene.scale.consumed_in_sets
    return {
        "consume.one_by_one": lambda: rate(scene, subject, "service:OneByOne", ordinary),
        "consume.set_based": lambda: rate(scene, subject, "service:SetBased", sets),
        "consume.without_inbox": lambda: rate(scene, subject, "without_inbox:OneByOne", ordinary),
        "consume.two_workers": lambda: rate(scene, subject, "service:OneByOne", ordinary, workers=2),
        **{f"consume.{peer.name}": partial(peer_rate, scene, subject, peer) for peer in PEERS},
    }


def rate(scene: Scene, subject: Subject, what: str, events: int, workers: int = 1) -> float:
    """Events a second through `what`, as `service:OneByOne`, after checking that each had its effect once."""
    subject.empty()
    queues.declare(scene.amqp_url)
    queues.fill(scene.amqp_url, events)
    scene.servers.checkpoint()
    consume(scene, subject, what, events, workers=workers)
    tables = ("waiting_list", "outbox") if "without_inbox" in what else ("waiting_list", "inbox", "outbox")
    subject.check(tables, events)
    return subject.rate("waiting_list", "written_at", events // 10)


def consume(
    scene: Scene, subject: Subject, what: str, events: int, *, workers: int = 1, page_seconds: int = 15
) -> None:
    """Run worker processes until so many events have had their effect."""
    environment = {
        f"FRIST_{queues.CONSUMER.upper()}_DATABASE_URL": subject.url,
        "FRIST_AMQP_URL": scene.amqp_url,
        "FRIST_PAGE_SECONDS": str(page_seconds),
    }
    log = scene.log("worker")
    with ExitStack() as ends:
        for _ in range(workers):
            command = processes.subject(queues.CONSUMER, what, "worker")
            process = ends.enter_context(processes.running(command, environment, log))
        processes.wait_until(lambda: subject.count("waiting_list") >= events, process, log, what)


def peer_rate(scene: Scene, subject: Subject, peer: Peer) -> float:
    """Events a second through a peer's worker process, after the same check."""
    subject.empty()
    environment = peer.environment(scene.amqp_url, subject.url)
    seeded = peer.publish("seed", scene.scale.consumed_by_peers, environment).events
    queues.wait_for(scene.amqp_url, peer.queue, seeded)
    scene.servers.checkpoint()
    log = scene.log(peer.name)
    with processes.running(peer.worker_command(scene.amqp_url, scene.folder), environment, log) as process:
        processes.wait_until(lambda: subject.count("waiting_list") >= seeded, process, log, peer.name)
    subject.check(("waiting_list", "plain_inbox"), seeded)
    return subject.rate("waiting_list", "written_at", seeded // 10)
