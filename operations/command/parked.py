"""`frist parked`: the messages that a service gave up on."""

import getpass
from datetime import datetime
from typing import Any

import typer

from messaging import parked
from messaging.clock import machine_now
from messaging.masking import Shown, show_masked, show_openly
from messaging.parked import Choice, ParkedDetail
from messaging.refusals import Refusal
from operations.command.databases import checked_service, database_of
from operations.command.output import AsJson, console, fail, plain, print_json, print_table
from operations.command.times import Since, Until, check_order
from operations.connection import Platform
from operations.services import SERVICES
from web.access_log import log_terminal_access

app = typer.Typer(help="Look at the messages that a service gave up on; replay or discard them.", no_args_is_help=True)

Service = typer.Argument(help="The service that parked it: registration, scheduling, notifications or reporting.")
Number = typer.Argument(help="The number that `frist parked list` shows.")
Numbers = typer.Argument(None, help="Which ones; or choose by --type, --because, --subject, --since, --until.")
TypeName = typer.Option(None, "--type", help="Only this event type, as registration.case_opened.v1; or `unreadable`.")
Because = typer.Option(None, help="Only those whose reason contains this.")
Subject = typer.Option(
    None, help="Only those about this, as a case's id; or the one event with this id, as it stands in a log."
)
All = typer.Option(False, "--all", help="Every parked message of the service.")


@app.command("list")
def list_(
    *,
    service: str = typer.Option("", help="Only this service's."),
    type_name: str = TypeName,
    because: str = Because,
    subject: str = Subject,
    since: datetime = Since,
    until: datetime = Until,
    limit: int = typer.Option(100, help="At most so many of each service."),
    as_json: bool = AsJson,
) -> None:
    """List the parked messages, oldest first, and count them by reason."""
    check_order(since, until)
    choice = Choice(type_name, because, subject, since, until)
    rows: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    for each in [checked_service(service)] if service else SERVICES:
        with database_of(Platform.find(), each) as connection:
            rows += [{"service": each} | vars(found) for found in parked.list_parked(connection, choice, limit=limit)]
            counts += [{"service": each} | vars(found) for found in parked.count_parked(connection, choice)]
    if as_json:
        print_json(rows)
    elif not rows:
        console.print("Nothing is parked.")
    else:
        columns = ("service", "parked_id", "type", "subject", "reason", "attempts", "parked_at")
        _print_rows("Parked messages", rows, columns)
        _print_rows("By reason", counts, ("service", "reason", "type", "messages", "oldest_at"))
        console.print("Next: `frist parked show SERVICE NUMBER`, then `replay` or `discard`.")


@app.command()
def show(
    service: str = Service,
    number: int = Number,
    reveal: bool = typer.Option(False, "--reveal", help="With the personal data in it; that you looked is logged."),
) -> None:
    """Show a parked message: its envelope and why it was parked, in full. Personal data is masked."""
    with database_of(Platform.find(), service) as connection, _refused():
        found = parked.show(connection, number)
        shown = show_openly(found.body) if reveal else show_masked(found.body)
        if reveal:
            subject = shown.about or f"parked:{number}"
            log_terminal_access(connection, user=getpass.getuser(), subject=subject, at=machine_now())
    _print_detail(service, found, shown)


@app.command()
def replay(
    *,
    service: str = Service,
    numbers: list[int] = Numbers,
    all_: bool = All,
    type_name: str = TypeName,
    because: str = Because,
    subject: str = Subject,
    since: datetime = Since,
    until: datetime = Until,
) -> None:
    """Try parked messages again; do it after what made them fail was mended. Doing it twice changes nothing."""
    check_order(since, until)
    choice = Choice(type_name, because, subject, since, until)
    tried, unreadable = 0, 0
    for chunk in _chosen(service, numbers or [], choice, all_=all_):
        with database_of(Platform.find(), service) as connection, _refused():
            done = parked.replay(connection, chunk, machine_now(), _who())
        tried, unreadable = tried + done.messages, unreadable + len(done.unreadable)
    console.print(f"{tried} will be tried again now. `frist ledger` shows what came of it.")
    if unreadable:
        fail(f"{unreadable} cannot be read as events, so they cannot be replayed: discard them with a reason.")
    if numbers and not tried:
        fail(str(parked.NotParked()))


@app.command()
def discard(
    *,
    service: str = Service,
    numbers: list[int] = Numbers,
    all_: bool = All,
    reason: str = typer.Option(..., help="Why they may be lost; kept with each, and who said so."),
    type_name: str = TypeName,
    because: str = Because,
    subject: str = Subject,
    since: datetime = Since,
    until: datetime = Until,
) -> None:
    """Give parked messages up for good; the rows stay, with the reason, and the events never take effect later."""
    check_order(since, until)
    choice, given_up = Choice(type_name, because, subject, since, until), 0
    for chunk in _chosen(service, numbers or [], choice, all_=all_):
        with database_of(Platform.find(), service) as connection, _refused():
            given_up += parked.discard(connection, chunk, reason, _who())
    console.print(f"{given_up} of {service} discarded.")
    if numbers and not given_up:
        fail(str(parked.NotParked()))


def _chosen(service: str, numbers: list[int], choice: Choice, *, all_: bool) -> list[list[int]]:
    """The numbers in transactions' worth; bad use when nothing says which, or two things do."""
    is_filtered = choice != Choice()
    if (bool(numbers), all_ or is_filtered) not in {(True, False), (False, True)}:
        raise typer.BadParameter("Say which: numbers from `frist parked list`, or a filter as --type, or --all.")
    if not numbers:
        with database_of(Platform.find(), service) as connection:
            numbers = parked.numbers_of(connection, choice, limit=2**31)
    return [numbers[at : at + parked.AT_ONCE] for at in range(0, len(numbers), parked.AT_ONCE)]


def _who() -> str:
    return f"terminal:{getpass.getuser()}"


def _print_rows(title: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    print_table(title, columns, [[row[name] for name in columns] for row in rows])


def _print_detail(service: str, found: ParkedDetail, shown: Shown) -> None:
    facts = [
        [name, value] for name, value in vars(found).items() if name not in {"body", "detail"} and value is not None
    ]
    print_table(f"Message {found.parked_id} of {service}", ("what", "value"), facts)
    console.print(plain(shown.body or "The body cannot be read as an event."), highlight=False, soft_wrap=True)
    if shown.hides:
        console.print(f"Personal data is masked: {len(found.body)} bytes in full with --reveal, which is logged.")
    console.print(plain(found.detail or "No more is known of why."), highlight=False, soft_wrap=True)


class _refused:  # noqa: N801  (reads as a word in a with statement)
    """Turns a refusal into a sentence and exit code 1; the transaction around it is undone."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refusal):
            fail(str(error) or (type(error).__doc__ or "Refused."))
