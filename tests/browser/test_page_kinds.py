"""Every kind of page, at a desk, on a telephone, at 320 pixels and with text twice as large: no barrier, no scrolling aside."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from operations.services import SERVICES
from tests.browser.chromium import NARROW, NARROWEST, WIDE, barriers, overflow
from tests.browser.page_kinds import NO_PAGES, OPEN, PAGES, STAFF
from tests.support.apps import app_of

TECHNICAL = {"assets", "health", "clock", "api-docs"}


@pytest.mark.parametrize("service", ["front", *SERVICES])
def test_every_page_is_looked_at(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of(service, monkeypatch)
    prefix = "/" if service == "front" else f"/{service}/"

    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and rule.rule.startswith(prefix)
        and not rule.rule.startswith((f"{prefix}api/", f"{prefix}health", f"{prefix}metrics"))
        and rule.endpoint.partition(".")[0] not in TECHNICAL
        and not rule.endpoint.endswith(".static")
    }

    assert pages - NO_PAGES <= OPEN.keys() | STAFF.keys()


@pytest.mark.parametrize(("endpoint", "viewer", "path"), PAGES, ids=[endpoint for endpoint, _, _ in PAGES])
def test_a_page_shuts_nobody_out(
    viewers: dict[str, tuple[Page, list[str]]], places: dict[str, str], endpoint: str, viewer: str, path: str
) -> None:
    page, complaints = viewers[viewer]
    complaints.clear()
    page.set_viewport_size({"width": WIDE, "height": 900})

    answer = page.goto(path.format_map(places))

    assert answer is not None
    assert answer.status == 200, page.locator("main").inner_text()
    assert page.locator("h1").count() == 1
    found = barriers(page)
    for width in (NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": 900})
        found += barriers(page) if width == NARROW else []
        assert overflow(page) <= 0, f"{endpoint} scrolls sideways at {width} pixels"
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow(page) <= 0, f"{endpoint} scrolls sideways when its text is twice as large"
    assert found == []
    assert complaints == []


@pytest.mark.parametrize("language", ["da", "sv", "en"])
def test_a_page_says_which_language_it_speaks(window: Callable[..., Page], language: str) -> None:
    page = window()

    page.goto(f"/?language={language}")

    assert page.locator("html").get_attribute("lang") == language
    assert barriers(page) == []


def test_a_barrier_and_a_wide_page_would_be_found(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": NARROWEST, "height": 600})

    page.set_content(
        "<html lang='en'><title>x</title><main><img src='x'><p style='width: 900px'>wide</p></main></html>"
    )

    assert any("alternative text" in found for found in barriers(page))
    assert overflow(page) > 0
    page.close()
