"""What a run found, kept in `.frist/bench.json`: readable by programs, and enough to go on from."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg

from benchmarks.keys import Key
from benchmarks.measuring import Figures
from benchmarks.servers import DURABLE, Servers
from messaging.clock import machine_now


@dataclass
class Results:
    """Figures of all contestants so far, and what they were measured on."""

    command: str = ""
    date: str = ""
    machine: dict[str, str] = field(default_factory=dict)
    measured: dict[str, Figures] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Self:
        """What an earlier run kept; empty when there is none."""
        if not path.exists():
            return cls()
        kept = json.loads(path.read_text())
        measured = {name: Figures(tuple(each["rounds"])) for name, each in kept["measured"].items()}
        return cls(kept["command"], kept["date"], kept["machine"], measured)

    def save(self, path: Path, keys: Sequence[Key]) -> None:
        """Keep everything, with the lines of the table that can be told already."""
        content = {
            "command": self.command,
            "date": self.date,
            "machine": self.machine,
            "keys": {key.name: _line(key, self.measured) for key in self.told(keys)},
            "measured": {name: _spread(figures) for name, figures in self.measured.items()},
        }
        path.write_text(json.dumps(content, indent=1) + "\n")

    def forget(self, names: Iterable[str]) -> None:
        """Drop the figures of contestants, because they are to be measured again."""
        for name in names:
            self.measured.pop(name, None)

    def told(self, keys: Sequence[Key]) -> list[Key]:
        """Those of the keys whose contestants have all been measured."""
        return [key for key in keys if all(name in self.measured for name in key.contestants)]

    def date_now(self, command: str, servers: Servers) -> None:
        """Say when, on what and by which command this is measured."""
        self.command, self.date = command, f"{machine_now():%Y-%m-%d %H:%M} UTC"
        self.machine = {
            "processors": f"{os.cpu_count()} of {_processor()}",
            "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
            "postgresql": _ask(servers.admin_url, "SHOW server_version"),
            "rabbitmq": str(servers.broker.ask("GET", "/api/overview")["rabbitmq_version"]),
            "durability": ", ".join(f"{name}={value}" for name, value in DURABLE.items())
            + "; quorum queues, persistent messages, confirms, mandatory",
        }


def _line(key: Key, measured: dict[str, Figures]) -> dict[str, Any]:
    against = {"against": key.best(measured)} if key.against else {}
    return {
        "value": key.value(measured).median,
        "min": min(key.value(measured).rounds),
        "max": max(key.value(measured).rounds),
        "at_least": key.at_least,
        "at_most": key.at_most,
        "holds": key.holds(measured),
        "subject": key.subject,
        **against,
    }


def _spread(figures: Figures) -> dict[str, Any]:
    return {
        "median": figures.median,
        "min": min(figures.rounds),
        "max": max(figures.rounds),
        "rounds": list(figures.rounds),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _ask(url: str, statement: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return str(row[0]) if row else ""
