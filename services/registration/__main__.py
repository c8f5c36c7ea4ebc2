"""Wires the service together: `python -m services.registration worker|relay|migrate`, and `create_app()` for gunicorn."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from messaging.main import main
from messaging.starting import starting

if TYPE_CHECKING:
    from flask import Flask


@starting()
def create_app() -> "Flask":
    """The web process's application."""
    from messaging.database import Database  # noqa: PLC0415 - the worker must import nothing before its launcher
    from messaging.settings import database_url  # noqa: PLC0415
    from services.registration.api import BLUEPRINTS as API  # noqa: PLC0415
    from services.registration.pages import BLUEPRINTS as PAGES  # noqa: PLC0415
    from services.registration.storage.unit_of_work import RegistrationUnitOfWork  # noqa: PLC0415
    from web.app import create_app as make_app  # noqa: PLC0415
    from web.settings import WebSettings  # noqa: PLC0415

    settings = WebSettings.load()
    database = Database("registration", database_url("registration"), RegistrationUnitOfWork, settings.clock)
    translations = Path(__file__).parent / "pages" / "translations"
    return make_app("registration", database, settings, api=API, pages=PAGES, translations=translations)


if __name__ == "__main__":
    main("registration", "services.registration.service:RegistrationService", sys.argv[1:])
