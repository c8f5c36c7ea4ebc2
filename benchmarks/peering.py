"""The peers as the benches see them: how each one's worker is started, and with how much at a time.

`concurrency` and `prefetch` are what each one's documents suggest for a machine of two cores; no others have been compared.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.processes import ROOT
from operations import settings
from operations.errors import StartError

VENV = ROOT / ".venv-bench"


@dataclass(frozen=True)
class Published:
    """How many were published in all, and how many of them a second once it was warm."""

    events: int
    rate: float


@dataclass(frozen=True)
class Peer:
    """One framework, with the command of its worker and its settings."""

    name: str
    worker: tuple[str, ...]
    concurrency: int
    prefetch: int

    @property
    def queue(self) -> str:
        """The queue that is its own."""
        return f"peer.{self.name}"

    @property
    def module(self) -> str:
        """Where it is told what to do."""
        return f"benchmarks.peers.{self.name}_peer"

    def environment(self, amqp_url: str, database_url: str) -> dict[str, str]:
        """What its processes are told."""
        return {
            "BENCH_AMQP_URL": amqp_url,
            "BENCH_DATABASE_URL": database_url,
            "BENCH_CONCURRENCY": str(self.concurrency),
            "BENCH_PREFETCH": str(self.prefetch),
            "PSYCOPG_WAIT_FUNC": "wait_selector" if self.name == "nameko" else "wait_c",
            "dramatiq_queue_prefetch": str(self.prefetch),
            "PYTHONPATH": str(ROOT),
        }

    def worker_command(self, amqp_url: str, folder: Path) -> list[str]:
        """One worker process, as its documentation starts one."""
        config = folder / "nameko.yaml"
        config.write_text(yaml.safe_dump({"AMQP_URI": amqp_url, "max_workers": self.concurrency}))
        places = {"module": self.module, "concurrency": self.concurrency, "config": config}
        return [str(VENV / "bin" / "python"), "-m", *(part.format(**places) for part in self.worker)]

    def publish(self, role: str, events: int, environment: Mapping[str, str]) -> Published:
        """What its publisher did: `publish` confirms each event before the next, `seed` none."""
        command = [str(VENV / "bin" / "python"), "-m", self.module, role, str(events)]
        done = subprocess.run(
            command, env=settings.inherited() | dict(environment), capture_output=True, text=True, check=False, cwd=ROOT
        )
        if done.returncode != 0:
            raise StartError(f"{self.name} could not publish:\n{done.stderr[-2000:]}")
        return Published(events + events // 10, float(done.stdout.split()[-1]))


PEERS = (
    Peer("nameko", ("nameko", "run", "--config", "{config}", "{module}"), concurrency=10, prefetch=10),
    Peer(
        "celery",
        ("celery", "--app", "{module}", "worker", "--pool", "threads", "--concurrency", "{concurrency}",
         "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        concurrency=8,
        prefetch=128,
    ),
    Peer("faststream", ("faststream", "run", "{module}:app", "--log-level", "warning"), concurrency=8, prefetch=100),
    Peer("dramatiq", ("dramatiq", "{module}", "--processes", "1", "--threads", "{concurrency}"), concurrency=8, prefetch=100),
)  # fmt: skip
