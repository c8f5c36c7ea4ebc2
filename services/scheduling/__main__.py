"""Wires the service together: `python -m services.scheduling worker|relay|migrate`, and `create_app()` for gunicorn."""

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
    from services.scheduling.api import BLUEPRINTS as API  # noqa: PLC0415
    from services.scheduling.pages import BLUEPRINTS as PAGES  # noqa: PLC0415
    from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork  # noqa: PLC0415
    from web.app import create_app as make_app  # noqa: PLC0415
    from web.settings import WebSettings  # noqa: PLC0415

    settings = WebSettings.load()
    database = Database("scheduling", database_url("scheduling"), SchedulingUnitOfWork, settings.clock)
    translations = Path(__file__).parent / "pages" / "translations"
    return make_app("scheduling", database, settings, api=API, pages=PAGES, translations=translations)


if __name__ == "__main__":
    main("scheduling", "services.scheduling.service:SchedulingService", sys.argv[1:])
