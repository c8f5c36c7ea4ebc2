"""A RabbitMQ that is up, whoever started it, and what we ask of its management API."""

import base64
import json
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from operations.errors import StartError


def _leave_running() -> None:
    """Somebody else's broker is not ours to stop."""


def _not_ours(*_arguments: str) -> str:
    """Nor to give orders to."""
    raise StartError("This broker was started by somebody else: only they can use rabbitmqctl on it")


@dataclass(frozen=True)
class Broker:
    """A broker that is up. When we started it, `stop` ends it, `control` is its `rabbitmqctl`, and `pid` its process or
    `container` its container. Of a cluster `amqp_url` and `management_url` name every node, with commas between.
    """

    amqp_url: str
    management_url: str
    stop: Callable[[], None] = _leave_running
    pid: int | None = None
    control: Callable[..., str] = _not_ours
    container: str | None = None

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One request to the management API, as `ask("GET", "/api/overview")`; the answer's JSON, or None.

        Raises OSError when no node answers, or the one that does refuses.
        """
        *others, last = self.management_url.split(",")
        for url in others:
            try:
                return self._ask(url, method, path, body)
            except HTTPError:
                raise
            except OSError:
                continue
        return self._ask(last, method, path, body)

    @property
    def vhost(self) -> str:
        """The virtual host that it is seen from."""
        return unquote(urlsplit(self.amqp_url.split(",")[0]).path[1:])

    def _ask(self, url: str, method: str, path: str, body: dict[str, Any] | None) -> Any:
        parts = urlsplit(url)
        credentials = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        request = Request(  # noqa: S310  (http and https only: built from our own settings)
            urlunsplit((parts.scheme, f"{parts.hostname}:{parts.port or 15672}", path, "", "")),
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "authorization": "Basic " + base64.b64encode(credentials.encode()).decode(),
                "content-type": "application/json",
            },
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None

    def with_vhost(self, vhost: str) -> "Broker":
        """The same broker, seen from another virtual host, which is made when it is not there."""
        nodes = [urlsplit(url) for url in self.amqp_url.split(",")]
        self.ask("PUT", f"/api/vhosts/{quote(vhost, safe='')}", {})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.ask("PUT", f"/api/permissions/{quote(vhost, safe='')}/{nodes[0].username}", everything)
        seen = ",".join(urlunsplit(node._replace(path="/" + quote(vhost, safe=""))) for node in nodes)
        return replace(self, amqp_url=seen)

    def with_empty_vhost(self, prefix: str) -> "Broker":
        """The same broker, seen from a new virtual host; those made with this prefix before are removed.

        Each has a name of its own: queues of a name that was deleted a moment ago cannot be trusted yet.
        """
        for vhost in self.ask("GET", "/api/vhosts"):
            if vhost["name"].startswith(f"{prefix}-"):
                self.without_vhost(vhost["name"])
        return self.with_vhost(f"{prefix}-{secrets.token_hex(4)}")

    def without_vhost(self, vhost: str) -> None:
        """Remove a virtual host with all its queues."""
        self.ask("DELETE", f"/api/vhosts/{quote(vhost, safe='')}")

    def wait_until_ready(self, still_there: Callable[[], bool], patience: float = 90) -> None:
        """Return when the broker answers; raise StartError when its process ends or `patience` seconds are over."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self._greet()
                self.ask("GET", "/api/overview")
            except OSError as error:
                if not still_there() or time.monotonic() > deadline:
                    raise StartError(f"RabbitMQ did not start: {error}") from error
                time.sleep(0.1)
            else:
                return

    def _greet(self) -> None:
        """Say AMQP's first eight bytes; a broker that is up says its own in return, a port forwarder does not."""
        parts = urlsplit(self.amqp_url.split(",")[0])
        with socket.create_connection((parts.hostname or "localhost", parts.port or 5672), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            if not connection.recv(1):
                raise ConnectionResetError("the broker's port is open, but nobody is behind it yet")


def management_beside(amqp_url: str) -> str:
    """Where each node's management API is when nobody says: port 15672 of the same host, with the same account."""
    nodes = [urlsplit(url) for url in amqp_url.split(",")]
    accounts = [node.netloc.rpartition("@")[0] or "guest:guest" for node in nodes]
    return ",".join(
        urlunsplit(("http", f"{account}@{node.hostname}:15672", "", "", ""))
        for account, node in zip(accounts, nodes, strict=True)
    )
