"""`frist register`: the national register of organisations that a programme obliges."""

from pathlib import Path

import typer

from operations.command.output import console, fail
from operations.connection import Platform
from operations.register_import import send_register
from operations.rehearsal.http_client import HttpClient

app = typer.Typer(help="The national register of obliged organisations.", no_args_is_help=True)


@app.callback()
def register() -> None:
    """Keeps `import` a command of its own beside others to come."""


@app.command("import")
def import_(
    file: Path = typer.Argument(help="The register as CSV with a header.", exists=True, dir_okay=False),
    programme: str = typer.Option("", help="Whose register it is; needed when more than one programme is applied."),
) -> None:
    """Import the register; again changes only what is new. Refused rows are told with the reason."""
    platform = Platform.find()
    programme_id = programme or _only_programme(platform)
    report = send_register(platform.public_url, platform.operator_key, programme_id, file)
    console.print(report.sentence)
    for fault in report.first_faults:
        console.print(f"  {fault}")
    if report.refused:
        raise typer.Exit(1)


def _only_programme(platform: Platform) -> str:
    applied = HttpClient(platform.public_url).get("/registration/api/programmes")["items"]
    names = [str(each["programme_id"]) for each in applied]
    if not names:
        fail("No programme is applied yet: `frist programme apply programmes/...yaml` comes first.")
    if len(names) > 1:
        fail(f"Say whose register it is: --programme {names[0]} (there are {', '.join(names)}).")
    return names[0]
