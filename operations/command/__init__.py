"""The `frist` command: everything that is done to a platform from a terminal."""

import sys

import typer

from messaging.errors import SettingError
from operations.command import keys, ledger, migrate, parked, programme, rebuild, register, secrets, staff, status, up
from operations.command.output import fail
from operations.errors import OperationsError

app = typer.Typer(
    name="frist",
    help="Runs Frist and looks after it. It finds the platform of `frist up`, or the one that FRIST_... names.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(up.rehearse)
app.command()(status.status)
app.command()(ledger.ledger)
app.command()(rebuild.rebuild)
app.command()(migrate.migrate)
app.command()(secrets.secrets)
app.add_typer(parked.app, name="parked")
app.add_typer(programme.app, name="programme")
app.add_typer(register.app, name="register")
app.add_typer(keys.app, name="keys")
app.add_typer(staff.app, name="staff")


def main() -> None:
    """Run the command; what went wrong is told in a sentence that says what to do next."""
    try:
        app()
    except (OperationsError, SettingError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
