"""`frist parked`: the messages that a service gave up on."""

import json

import typer

from messaging import parked
from messaging.clock import machine_now
from messaging.refusals import Refusal
from operations.command.databases import checked_service, database_of
from operations.command.output import AsJson, console, fail, print_json, print_table
from operations.connection import Platform
from operations.services import SERVICES

app = typer.Typer(help="Look at the messages that a service gave up on; replay or discard them.", no_args_is_help=True)

Service = typer.Argument(help="The service that parked it: registration, scheduling, notifications or reporting.")
Number = typer.Argument(help="The number that `frist parked list` shows.")


@app.command("list")
def list_(
    service: str = typer.Option("", help="Only this service's."),
    type_name: str = typer.Option("", "--type", help="Only this event type, as registration.case_opened.v1."),
    reason: str = typer.Option("", help="Only those whose reason contains this."),
    limit: int = typer.Option(100, help="At most so many of each service."),
    as_json: bool = AsJson,
) -> None:
    """List the parked messages, oldest first."""
    rows = []
    for each in [checked_service(service)] if service else SERVICES:
        with database_of(Platform.find(), each) as connection:
            found = parked.list_parked(connection, limit=limit, type_name=type_name or None, reason=reason or None)
        rows += [{"service": each} | vars(message) for message in found]
    if as_json:
        print_json(rows)
    elif not rows:
        console.print("Nothing is parked.")
    else:
        shown = ("service", "parked_id", "type", "subject", "reason", "attempts", "parked_at")
        print_table("Parked messages", shown, [[row[name] for name in shown] for row in rows])
        console.print("Next: `frist parked show SERVICE NUMBER`, then `replay` or `discard`.")


@app.command()
def show(service: str = Service, number: int = Number) -> None:
    """Show a parked message: its body and why it was parked, in full."""
    with database_of(Platform.find(), service) as connection, _refused():
        body, detail = parked.show(connection, number)
    try:
        console.print_json(body.decode())
    except (UnicodeDecodeError, json.JSONDecodeError):
        console.print(repr(body), markup=False)
    console.print(detail or "No more is known of why.", markup=False)


@app.command()
def replay(
    service: str = Service,
    numbers: list[int] = typer.Argument(None, help="Which ones."),
    all_: bool = typer.Option(False, "--all", help="Every parked message of the service."),
) -> None:
    """Try parked messages again; do it after what made them fail was mended."""
    with database_of(Platform.find(), service) as connection, _refused():
        chosen = [row.parked_id for row in parked.list_parked(connection, limit=10_000)] if all_ else numbers or []
        if not chosen and not all_:
            fail("Say which: a number from `frist parked list`, or --all.")
        for number in chosen:
            parked.replay(connection, number, machine_now())
    console.print(f"{len(chosen)} will be tried again now. `frist ledger` shows what came of it.")


@app.command()
def discard(
    service: str = Service,
    number: int = Number,
    reason: str = typer.Option(..., help="Why it may be lost; kept with the message."),
) -> None:
    """Give a parked message up for good; the row stays, with the reason."""
    with database_of(Platform.find(), service) as connection, _refused():
        parked.discard(connection, number, reason)
    console.print(f"Message {number} of {service} is discarded.")


class _refused:  # noqa: N801  (reads as a word in a with statement)
    """Turns a refusal into a sentence and exit code 1; the transaction around it is undone."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refusal):
            fail(str(error) or (type(error).__doc__ or "Refused."))
