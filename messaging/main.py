"""The command line of a service: `python -m services.<name> worker|relay|migrate`."""

import sys

from messaging.errors import SettingError
from messaging.launcher import run_worker
from messaging.starting import starting


def main(service: str, service_class: str, arguments: list[str]) -> None:
    """Run one kind of process; a setting that it cannot be run with is named, and the exit code is 1."""
    try:
        _run(service, service_class, arguments)
    except SettingError as error:
        sys.exit(str(error))


def _run(service: str, service_class: str, arguments: list[str]) -> None:
    """Each kind imports only what it needs, the worker nothing before its launcher."""
    match arguments:
        case ["worker"]:
            run_worker(service, service_class)
        case ["relay"]:
            with starting():
                from messaging.relay import run_relay  # noqa: PLC0415

            run_relay(service)
        case ["migrate", *revision]:
            from messaging.migrate import upgrade  # noqa: PLC0415
            from messaging.settings import database_url  # noqa: PLC0415

            upgrade(database_url(service), f"services.{service}", *revision)
        case _:
            sys.exit(
                f"usage: python -m services.{service} worker | relay | migrate\n"
                f'the web process is `gunicorn "services.{service}.__main__:create_app()"`'
            )
