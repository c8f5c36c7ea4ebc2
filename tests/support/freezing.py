"""Stops processes without ending them (SIGSTOP), as a machine that hangs does, and lets them go on."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from operations.broker import Broker
from tests.support.nursery import Child


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """The broker accepts connections, as its machine does, and says nothing."""
    _stop(broker)
    try:
        yield
    finally:
        _go_on(broker)


@contextmanager
def frozen_process(process: Child) -> Iterator[None]:
    """The same for a process of the platform."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def _stop(broker: Broker) -> None:
    if broker.container:
        subprocess.run(["docker", "pause", broker.container], check=True, capture_output=True)
    else:
        os.kill(own_pid(broker), signal.SIGSTOP)


def _go_on(broker: Broker) -> None:
    if broker.container:
        subprocess.run(["docker", "unpause", broker.container], check=True, capture_output=True)
    else:
        os.kill(own_pid(broker), signal.SIGCONT)


def own_pid(broker: Broker) -> int:
    """The process of a broker that this test run started."""
    assert broker.pid is not None, "only a broker of our own may be stopped"
    return broker.pid
