"""Registration on a database of its own, with one programme and the real municipalities."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from messaging.database import Database
from services.registration import handlers
from services.registration.api import BLUEPRINTS as API
from services.registration.domain.place_files import read_municipalities, read_postcodes
from services.registration.pages import BLUEPRINTS as PAGES
from services.registration.programme_files import check_programme
from tests.registration.builders import DANISH, OPERATOR_KEY, SWEDISH
from web.app import create_app
from web.keys import hash_key
from web.settings import WebSettings

ROOT = Path(__file__).parents[2]
DATA = ROOT / "programmes"
SECRET = "a-secret-for-tests-that-is-long-enough-to-pass"


@pytest.fixture(autouse=True)
def _link_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRIST_LINK_KEY", SECRET)
    monkeypatch.setenv("FRIST_PUBLIC_URL", "http://localhost:8000")


@pytest.fixture
def database(fresh_database: Callable[..., Database[Any]]) -> Database[Any]:
    """Registration's database with both programmes and both countries."""
    database = fresh_database("registration")
    with database.begin() as uow:
        for country in ("dk", "se"):
            rows = read_municipalities((DATA / "municipalities" / f"{country}.csv").read_text(), country)
            handlers.put_municipalities(country, rows, uow)
        handlers.put_postcodes("dk", read_postcodes((DATA / "postcodes" / "dk.csv").read_text()), uow)
        for programme_id in (DANISH, SWEDISH):
            handlers.apply_programme(check_programme((DATA / f"{programme_id}.yaml").read_text()), uow)
    return database


@pytest.fixture
def client(database: Database[Any]) -> Iterator[FlaskClient]:
    """The service's HTTP, asked without a server."""
    settings = WebSettings(
        secret_key=SECRET,
        link_key=SECRET,
        clock="driven",
        operator_key_hash=hash_key(OPERATOR_KEY).hex(),
        open_posts_per_minute=0,
    )
    translations = ROOT / "services" / "registration" / "pages" / "translations"
    app = create_app("registration", database, settings, api=API, pages=PAGES, translations=translations)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_client() as client:
        yield client
