"""`frist register`: the national register of organisations that a programme obliges."""

from pathlib import Path

import typer

from operations.command.output import console
from operations.connection import Platform
from operations.register_import import send_register

app = typer.Typer(help="The national register of obliged organisations.", no_args_is_help=True)


@app.callback()
def register() -> None:
    """Keeps `import` a command of its own beside others to come."""


@app.command("import")
def import_(
    programme_id: str = typer.Argument(help="The programme, as dk-digital-post-2013."),
    file: Path = typer.Argument(help="The register as CSV with a header.", exists=True, dir_okay=False),
) -> None:
    """Import the register; again changes only what is new. Refused rows are told with the reason."""
    platform = Platform.find()
    report = send_register(platform.public_url, platform.operator_key, programme_id, file)
    console.print(report.sentence)
    for fault in report.first_faults:
        console.print(f"  {fault}", markup=False)
    if report.refused:
        raise typer.Exit(1)
