"""`frist ledger`: whether every published event took effect at everybody who subscribes to it."""

import typer

from operations.command.output import AsJson, console, print_json, print_table
from operations.connection import Platform
from operations.ledger import Ledger
from operations.queues import Queues


def ledger(
    as_json: bool = AsJson,
    wait: float = typer.Option(0, help="Wait up to so many seconds until all is settled; exit code 1 when it is not."),
) -> None:
    """Show, for each producer and consumer, what was published, applied, missing, pending and parked."""
    platform = Platform.find()
    reading = Ledger(platform.database_urls, Queues.of(platform).backlog)
    if wait:
        reading.wait_until_settled(wait)
    page = reading.page()
    reading.close()
    if as_json:
        print_json(page.as_json())
    else:
        columns = ("published", "applied", "missing", "pending", "parked", "discarded")
        rows = [[each.producer, each.consumer, *(getattr(each, name) for name in columns)] for each in page.accounts]
        rows.append(["all", "", *(page.total(name) for name in columns)])
        print_table("Events from producer to consumer", ("producer", "consumer", *columns), rows)
        console.print("Settled: nothing is missing or pending." if page.is_settled else "Not settled.")
    if page.total("missing"):
        raise typer.Exit(1)
