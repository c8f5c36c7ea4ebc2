"""Several connections of one thread to the same node of the broker, so that what is on the way by one never holds up another.

The broker takes the messages of a connection one after the other: behind a full window of a thousand, one that is urgent
would wait for all of them.
"""

import time
from collections.abc import Sequence
from typing import Any

from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError

from messaging.errors import BrokerAwayError
from messaging.nodes import Nodes
from messaging.publisher import SILENCE_SECONDS, Publisher, connect_seconds, run_for

LONGEST_FAREWELL_SECONDS = 1.0


class Publishers:
    """One publisher for each name, all connected or none, to one of the nodes of a comma-separated list."""

    def __init__(self, amqp_url: str, names: Sequence[str], silence_seconds: float = SILENCE_SECONDS) -> None:
        self.each = tuple(Publisher(name, silence_seconds) for name in names)
        self._nodes = Nodes(amqp_url)
        self._connect_seconds = connect_seconds(silence_seconds)
        self._loop: Any = None

    def connect(self) -> None:
        """Connect to the first node that answers; raises BrokerAwayError when none does."""
        failures = []
        for _ in range(len(self._nodes)):
            self._loop, until = IOLoop(), time.monotonic() + self._connect_seconds
            try:
                for publisher in self.each:
                    publisher.connect(self._nodes.first, self._loop, until)
                self._check()
            except (BrokerAwayError, AMQPError, OSError) as error:
                failures.append(str(error) or repr(error))
                self.close()
            else:
                return
        raise BrokerAwayError("; ".join(failures))

    @property
    def node(self) -> str:
        """The address of the node that they are connected to."""
        return self._nodes.first

    def turn(self, seconds: float, wake: int | None = None) -> None:
        """Let the wires work for so long, or until half of a window is free again or all of it is confirmed.

        With the file descriptor `wake`, also until there is something to read from it. Raises as `Publisher.check` does.
        """
        for publisher in self.each:
            publisher.send()
        if wake is not None:
            self._loop.add_handler(wake, lambda _wake, _what: self._loop.stop(), self._loop.READ)
        run_for(self._loop, seconds)
        if wake is not None:
            self._loop.remove_handler(wake)
        self._check()

    def close(self) -> None:
        """Close the connections; never waits long. The next ones will be to another node, when there is one."""
        if self._loop is None:
            return
        for publisher in self.each:
            publisher.close()
        until = time.monotonic() + LONGEST_FAREWELL_SECONDS
        while not all(publisher.is_closed for publisher in self.each) and time.monotonic() < until:
            run_for(self._loop, 0.05)
        self._loop.close()
        self._loop = None
        for publisher in self.each:
            publisher.forget()
        self._nodes.put_last()

    def _check(self) -> None:
        for publisher in self.each:
            publisher.check()
