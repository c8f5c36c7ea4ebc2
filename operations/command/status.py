"""`frist status`: services, processes, queues and outboxes at a glance."""

import json
from typing import Any
from urllib.request import urlopen

from operations.command.output import AsJson, console, print_json, print_table
from operations.connection import Platform
from operations.ledger import Ledger
from operations.queues import Queues, QueueState
from operations.services import SERVICES


def status(as_json: bool = AsJson) -> None:
    """Show whether the services are ready, which processes run, and what waits in queues and outboxes.

    Processes are those of the local stack; without one `--json` has null for them.
    """
    platform = Platform.find()
    services, processes = [_service(platform, service) for service in SERVICES], _processes(platform)
    if not as_json:  # at once: what follows asks every database, and one may be away
        print_table(f"Services at {platform.public_url}", ("service", "ready"), _rows(services))
        if processes is None:
            console.print("Which processes run is not known here. In containers: docker compose ps\n")
        else:
            print_table("Processes", ("process", "pid", "restarts"), _rows(processes))
    queues, outboxes = [state.as_json() for state in _queues(platform)], _outboxes(platform)
    if as_json:
        seen = {"services": services, "processes": processes, "queues": queues, "outboxes": outboxes}
        print_json({"public_url": platform.public_url, **seen})
        return
    print_table("Queues", ("service", "lane", "ready", "unacked", "consumers", "oldest, s"), _rows(queues))
    print_table("Outboxes", ("service", "unpublished", "oldest, s"), _rows(outboxes))


def _rows(records: Any) -> list[list[Any]]:
    return [list(record.values()) for record in records]


def _service(platform: Platform, service: str) -> dict[str, Any]:
    try:
        with urlopen(f"{platform.public_url}/{service}/health/ready", timeout=5) as answer:  # noqa: S310
            return {"service": service, "ready": answer.status == 200}
    except OSError:
        return {"service": service, "ready": False}


def _processes(platform: Platform) -> list[dict[str, Any]] | None:
    """Those of the local stack; None elsewhere: the container engine knows them."""
    listed = platform.folder / "processes.json"
    if not listed.exists():
        return None
    rows = json.loads(listed.read_text())
    return [{name: row[name] for name in ("name", "pid", "restarts")} for row in rows]


def _queues(platform: Platform) -> list[QueueState]:
    """The broker knows how much waits; how old the oldest is, only the databases tell."""
    reading = Ledger(platform.database_urls)
    owed = reading.trust_pages().owed()
    reading.close()
    states = Queues.of(platform).states
    ages = {
        (state.service, state.lane): max(
            (entry.age_seconds for entry in owed if (entry.consumer, entry.lane) == (state.service, state.lane)),
            default=0,
        )
        for state in states
    }
    return [
        QueueState(
            each.service, each.lane, each.ready, each.unacked, each.consumers, round(ages[each.service, each.lane], 1)
        )
        for each in states
    ]


def _outboxes(platform: Platform) -> list[dict[str, Any]]:
    reading = Ledger(platform.database_urls)
    lags = {service: reading.outbox_lag(service) for service in SERVICES}
    reading.close()
    return [
        {"service": service, "unpublished": count, "oldest_seconds": round(seconds, 1)}
        for service, (count, seconds) in lags.items()
    ]
