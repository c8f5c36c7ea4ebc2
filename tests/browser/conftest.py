"""Fixtures of the browser tests: one Chromium, a fresh window for each test, nothing that a page complains about."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus

import psycopg
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from tests.browser.chromium import WIDE, a_browser
from tests.browser.pages import Staff
from tests.browser.parked import park, some_messages
from tests.browser.world import a_world
from tests.support.waiting import eventually
from tests.system.people import Operator, a_number
from tests.system.setting import MUNICIPALITY, Setting

Viewer = tuple[Page, list[str]]
"""A window, and what the browser has to say against what it shows."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for these tests; it is gone before others run event loops of their own."""
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def world(platform: Stack, setting: Setting, staff: Staff) -> dict[str, str]:
    """Something to show on every kind of page."""
    made = a_world(platform.public_url, platform.catcher_page, staff.operator, setting)
    return {**made, "sign_in": staff.link("lead", MUNICIPALITY).rpartition("/")[2]}


@pytest.fixture(scope="package")
def viewers(browser: Browser, platform: Stack, staff: Staff) -> Iterator[dict[str, Viewer]]:
    """A window of somebody who is not signed in, and one of a national operator, each with what it complains about."""
    pages = {viewer: browser.new_context(base_url=platform.public_url).new_page() for viewer in ("visitor", "operator")}
    staff.sign_in(pages["operator"], "operator")
    yield {viewer: (page, complaints_of(page)) for viewer, page in pages.items()}
    for page in pages.values():
        page.context.close()


@pytest.fixture(scope="package")
def places(platform: Stack, world: dict[str, str]) -> Iterator[dict[str, str]]:
    """What stands in the addresses of pages: the world's, and a parked message; none is left for other tests."""
    with psycopg.connect(platform.database_urls["reporting"], autocommit=True) as connection:
        numbers = [park(connection, *message) for message in some_messages()]
        yield {**world, "parked": str(numbers[0])}
        connection.execute("DELETE FROM parked WHERE parked_id = ANY(%s)", [numbers])


@pytest.fixture
def window(browser: Browser, platform: Stack) -> Iterator[Callable[..., Page]]:
    """`window(width)`: a window of its own, in English; what the console says against a page fails the test."""
    opened: list[tuple[Page, list[str]]] = []

    def open_window(width: int = WIDE) -> Page:
        context = browser.new_context(base_url=platform.public_url, viewport={"width": width, "height": 900})
        page = context.new_page()
        opened.append((page, complaints_of(page)))
        page.set_default_timeout(15_000)
        return page

    yield open_window

    for page, _ in opened:
        page.context.close()
    assert [complaint for _, complaints in opened for complaint in complaints] == []


def complaints_of(page: Page) -> list[str]:
    """A list that grows with what the browser has to say against the page from now on."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    page.on("response", lambda answer: complaints.append(answer.url) if is_broken_part(answer) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def is_complaint(said: ConsoleMessage) -> bool:
    """Whether the console says something against a page; a refused form or an unknown address is no fault of it."""
    return said.type == "error" and "the server responded with a status of 4" not in said.text


def is_broken_part(answer: Response) -> bool:
    """Whether a style, script or picture of a page is not there.

    Fonts apart: for one that comes too late the browser tries the older formats that dkfds names and we do not carry.
    """
    is_refused = answer.status >= HTTPStatus.BAD_REQUEST
    return is_refused and answer.request.resource_type not in {"document", "font"}


@pytest.fixture(scope="session")
def setting(platform: Stack) -> Setting:
    """A programme of its own, with a library and a coach."""
    setting = Setting.at(datetime.now(UTC), "browser")  # noqa: TID251 - from outside there is no other clock
    operator = Operator(HttpClient(platform.public_url, platform.operator_key))
    operator.open(setting)
    eventually(lambda: operator.is_reported(setting), "the dashboard knows the programme")
    return setting


@pytest.fixture(scope="session")
def staff(platform: Stack, setting: Setting) -> Staff:
    """Signs windows in."""
    return Staff(HttpClient(platform.public_url, platform.operator_key), setting)


@pytest.fixture
def number() -> str:
    """The national number of an organisation that nobody has heard of."""
    return a_number()
