"""Three RabbitMQ nodes as one cluster; each may be killed, or cut off from the others."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from operations.broker import Broker
from operations.local.rabbitmq_node import Node, PortMapper
from operations.local.secrets import keep_private, secret_in
from tests.support import servers
from tests.support.cluster_containers import ContainerNode, docker
from tests.support.waiting import eventually

NAMES = ("one", "two", "three")
TICK_SECONDS = 4
"""Nodes that have not heard of one another for so long (a minute, when nobody says otherwise) think each other dead."""


def settings(nodes: tuple[str, ...]) -> tuple[str, ...]:
    """What is in `deploy/rabbitmq/cluster.conf`, for nodes of these names."""
    return (
        "cluster_formation.peer_discovery_backend = classic_config",
        *(f"cluster_formation.classic_config.nodes.{number} = {name}" for number, name in enumerate(nodes, 1)),
        "cluster_partition_handling = pause_minority",
        f"net_ticktime = {TICK_SECONDS}",
    )


class LocalNode(Node):
    """A node as processes of this machine."""

    def remove(self) -> None:
        """End it for ever."""
        self.kill()


class Cluster:
    """The nodes, and the one broker that they are together."""

    def __init__(self, folder: Path) -> None:
        self._network = f"frist-{uuid.uuid4().hex[:8]}"
        self._mapper = PortMapper(folder) if servers.way() == "local" else None
        self.nodes: list[LocalNode | ContainerNode] = (
            self._processes(folder, self._mapper) if self._mapper else self._containers(folder)
        )
        self.broker = Broker(
            ",".join(node.amqp_url for node in self.nodes), ",".join(node.management_url for node in self.nodes)
        )

    def start(self) -> None:
        """Start all nodes; returns when they have found one another."""
        for node in self.nodes:
            node.start()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda node: node.wait_until_ready(), self.nodes))
        self.eventually_whole()

    def stop(self) -> None:
        """End every node at once: nothing of them is kept."""
        for node in self.nodes:
            node.remove()
        if self._mapper:
            self._mapper.stop()
        else:
            docker("network", "rm", self._network)

    def eventually_whole(self) -> None:
        """Return when every node runs and sees the others."""
        eventually(lambda: all(map(self._sees_all, self.nodes)), "all nodes see one another", 60)

    def node_of(self, connection: str) -> LocalNode | ContainerNode:
        """The node that a client is connected to, by the name the client gave."""

        def look() -> LocalNode | ContainerNode | None:
            rows = self.broker.ask("GET", "/api/connections")
            at = {row["node"] for row in rows if row["client_properties"].get("connection_name") == connection}
            return next((node for node in self.nodes if node.name in at), None)

        found = eventually(look, f"{connection} is connected")
        assert found is not None
        return found

    @contextmanager
    def killed(self, node: LocalNode | ContainerNode) -> Iterator[None]:
        """kill -9, and started again at the end."""
        node.kill()
        try:
            yield
        finally:
            node.start()
            node.wait_until_ready()

    @contextmanager
    def cut_off(self, node: LocalNode | ContainerNode) -> Iterator[None]:
        """The others and it cannot reach one another, while clients reach them all."""
        others = ", ".join(f"'{other.name}'" for other in self.nodes if other is not node)
        part = f"[begin erlang:set_cookie(N, parted), erlang:disconnect_node(N) end || N <- [{others}]]."
        node.control("eval", part)
        try:
            yield
        finally:
            node.control("eval", f"[erlang:set_cookie(N, erlang:get_cookie()) || N <- [{others}]].")

    def _processes(self, folder: Path, mapper: PortMapper) -> list[LocalNode | ContainerNode]:
        made: list[LocalNode | ContainerNode] = []
        for name in NAMES:
            own = folder / name
            own.mkdir()
            for secret in ("password", ".erlang.cookie"):
                keep_private(own / secret, secret_in(folder / secret))
            made.append(LocalNode(own, "frist", mapper, name, settings(tuple(f"{name}@localhost" for name in NAMES))))
        return made

    def _containers(self, folder: Path) -> list[LocalNode | ContainerNode]:
        docker("network", "create", self._network)
        lines = settings(tuple(f"rabbit@{name}" for name in NAMES))
        return [ContainerNode(folder, self._network, name, lines) for name in NAMES]

    def _sees_all(self, node: LocalNode | ContainerNode) -> bool:
        try:
            rows = Broker(node.amqp_url, node.management_url).ask("GET", "/api/nodes")
        except OSError:
            return False
        return [row["running"] for row in rows] == [True] * len(self.nodes)
