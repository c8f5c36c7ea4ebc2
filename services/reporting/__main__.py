"""Wires the service together: `python -m services.reporting worker|relay|migrate`, and `create_app()` for gunicorn."""

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
    from services.reporting.api import BLUEPRINTS as API  # noqa: PLC0415
    from services.reporting.pages import BLUEPRINTS as PAGES  # noqa: PLC0415
    from services.reporting.storage.unit_of_work import ReportingUnitOfWork  # noqa: PLC0415
    from web.app import create_app as make_app  # noqa: PLC0415
    from web.settings import WebSettings  # noqa: PLC0415

    settings = WebSettings.load()
    database = Database("reporting", database_url("reporting"), ReportingUnitOfWork, settings.clock)
    translations = Path(__file__).parent / "pages" / "translations"
    return make_app("reporting", database, settings, api=API, pages=PAGES, translations=translations)


if __name__ == "__main__":
    main("reporting", "services.reporting.service:ReportingService", sys.argv[1:])
