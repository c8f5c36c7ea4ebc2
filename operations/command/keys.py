"""`frist keys`: the API keys that programs use."""

import typer

from operations.command.databases import checked_service, database_of
from operations.command.output import AsJson, console, fail, print_json, print_table
from operations.connection import Platform
from operations.services import SERVICES
from web import keys

app = typer.Typer(help="Make, list and revoke the API keys that programs use.", no_args_is_help=True)

Service = typer.Option("registration", help="The service that the key is for; a key is good at one service.")


@app.command()
def create(
    name: str = typer.Argument(help="Who or what uses it; two keys of one name may live at a time."),
    scopes: list[str] = typer.Option(..., "--scope", help="What it may do, as cases:read; say it again for more."),
    service: str = Service,
    municipality: str = typer.Option("", help="Confine it to one municipality, as dk-0101."),
) -> None:
    """Make a key and show it, this once."""
    with database_of(Platform.find(), service) as connection:
        try:
            key = keys.issue_key(connection, name, scopes, municipality or None)
        except keys.KeysLimited as refusal:
            fail(f"{refusal} See `frist keys list --service {service}`, then `frist keys revoke`.")
    console.print("Keep it now; it is not shown again:", style="bold")
    print(key)


@app.command("list")
def list_(service: str = typer.Option("", help="Only this service's."), as_json: bool = AsJson) -> None:
    """List the keys, without their secrets."""
    rows = []
    for each in [checked_service(service)] if service else SERVICES:
        with database_of(Platform.find(), each) as connection:
            rows += [{"service": each} | row._asdict() for row in keys.list_keys(connection)]
    if as_json:
        print_json(rows)
    elif not rows:
        console.print("There are no keys yet: `frist keys create NAME --scope cases:read` makes one.")
    else:
        print_table("API keys", list(rows[0]), [list(row.values()) for row in rows])


@app.command()
def revoke(
    prefix: str = typer.Argument(help="The prefix that `frist keys list` shows."), service: str = Service
) -> None:
    """End a key's life; every process stops taking it within half a minute."""
    with database_of(Platform.find(), service) as connection:
        done = keys.revoke_key(connection, prefix)
    if not done:
        fail(f"{service} has no live key {prefix!r}: `frist keys list` shows which there are.")
    console.print(f"Key {prefix} of {service} is revoked.")
