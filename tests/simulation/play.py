"""Plays seeds one after the other on one server."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.local.postgres import start_postgres
from tests.simulation.theatre import Theatre, joined
from tests.simulation.world import Outcome, World


@contextmanager
def a_theatre(admin_url: str) -> Iterator[Theatre]:
    """A theatre on a server, with the product joined to the models."""
    theatre = Theatre(admin_url, f"simulation_{os.getpid()}")
    try:
        with joined(theatre):
            yield theatre
    finally:
        theatre.close()


@contextmanager
def a_server() -> Iterator[str]:
    """A PostgreSQL of our own: what others do on a shared one would show in the transaction ids that seeds see."""
    with tempfile.TemporaryDirectory(prefix="frist-simulation-", ignore_cleanup_errors=True) as folder:
        sockets = Path(folder) / "sockets"
        sockets.mkdir()
        server = start_postgres(Path(folder), durable=False, sockets=sockets)
        try:
            yield server.admin_url
        finally:
            server.stop()


def play(
    theatre: Theatre, seed: int, tell: Callable[[str], None] | None = None, *, has_ledger: bool | None = None
) -> Outcome:
    """One seed, from empty tables to its verdict; `has_ledger` overrides what the seed says of that."""
    theatre.clear()
    theatre.world = World(theatre, seed, tell, has_ledger)
    try:
        return theatre.world.play()
    finally:
        theatre.world = None
