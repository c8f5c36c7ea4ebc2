"""`frist migrate`: brings the services' databases to their newest version."""

import typer

from messaging.migrate import upgrade
from operations.command.databases import answered_by_database, checked_service
from operations.command.output import console
from operations.connection import Platform
from operations.services import SERVICES


def migrate(
    service: list[str] = typer.Argument(None, help="Which services; none named means all four."),
) -> None:
    """Bring databases to their newest version; what is there already stays as it is."""
    platform = Platform.find()
    for each in [checked_service(name) for name in service or SERVICES]:
        with answered_by_database(each):
            upgrade(platform.database_url(each), f"services.{each}")
        console.print(f"{each}: newest version")
