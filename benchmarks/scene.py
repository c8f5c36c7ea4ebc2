"""What every bench stands on: servers that are up, a folder for logs, how much to measure."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measuring import Measure
from benchmarks.scale import Scale
from benchmarks.servers import Servers


@dataclass(frozen=True)
class Scene:
    """The circumstances of one run."""

    servers: Servers
    folder: Path
    scale: Scale
    say: Callable[[str], None] = print
    ends: ExitStack = field(default_factory=ExitStack)
    """What is up for a whole bench is ended with it."""

    @property
    def amqp_url(self) -> str:
        """The broker, in this run's own virtual host."""
        return self.servers.broker.amqp_url

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.folder / f"{name}.log"


Contestants = dict[str, Measure]
Bench = Callable[[Scene], Contestants]
"""Makes ready what several contestants share, and gives each one's measurement."""
