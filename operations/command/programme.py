"""`frist programme`: checks a programme file, and applies it with its country's municipalities and postcodes."""

from pathlib import Path
from typing import Any

import typer

from operations.command.output import console, fail
from operations.connection import Platform
from operations.rehearsal.http_client import HttpClient

app = typer.Typer(help="Check and apply programmes, which are data.", no_args_is_help=True)

File = typer.Argument(help="A programme file, as programmes/dk-digital-post-2013.yaml.", exists=True, dir_okay=False)


@app.command()
def check(file: Path = File) -> None:
    """Check a programme file without a platform; every fault is told with its line."""
    _checked(file)
    console.print(f"{file} is in order. Apply it with: frist programme apply {file}", highlight=False)


@app.command()
def apply(
    file: Path = File,
    municipalities: bool = typer.Option(True, help="Also send municipalities/ and postcodes/ beside the file."),
) -> None:
    """Apply a programme, or its new version, to the platform; nothing is sent of a faulty one."""
    definition = _checked(file)
    programme_id, country = definition["programme_id"], definition["country"]
    platform = Platform.find()
    client = HttpClient(platform.public_url, platform.operator_key)
    if municipalities:
        for kind in ("municipalities", "postcodes"):
            _send_beside(client, file.parent / kind / f"{country}.csv", f"/registration/api/{kind}/{country}")
    client.call("PUT", f"/registration/api/programmes/{programme_id}", file.read_bytes(), "application/yaml")
    console.print(f"Programme {programme_id} is applied: {platform.public_url}/reporting/")


def _checked(file: Path) -> dict[str, Any]:
    """The definition in the file; ends the command with every fault when it has any."""
    from services.registration.programme_files import ProgrammeRefused, check_programme  # noqa: PLC0415  (heavy)

    try:
        return check_programme(file.read_bytes())
    except ProgrammeRefused as refusal:
        fail("\n".join(f"{file}, {fault}" for fault in refusal.faults) + f"\n{len(refusal.faults)} to mend.")


def _send_beside(client: HttpClient, file: Path, path: str) -> None:
    if file.exists():
        console.print(f"Sending {file} ...")
        client.call("PUT", path, file.read_bytes(), "text/csv")
