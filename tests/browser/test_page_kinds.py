"""Every kind of page, at a desk, on a telephone, at 320 pixels and with text twice as large: no barrier, no scrolling aside."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from operations.services import SERVICES
from tests.browser.chromium import NARROW, NARROWEST, WIDE, barriers, overflow
from tests.browser.led_to import LED_TO, Step
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

    def lead(language: str) -> None:
        address = path.format_map(places)
        answer = page.goto(f"{address}{'&' if '?' in address else '?'}language={language}")
        assert answer is not None
        assert answer.status == 200, page.locator("main").inner_text()

    assert faults_of(page, lead) == []
    assert complaints == []


@pytest.mark.parametrize(("viewer", "step", "sign"), LED_TO, ids=[step.__name__ for _, step, _ in LED_TO])
def test_a_page_that_one_is_led_to_shuts_nobody_out(
    viewers: dict[str, tuple[Page, list[str]]], places: dict[str, str], viewer: str, step: Step, sign: str
) -> None:
    page, complaints = viewers[viewer]
    complaints.clear()

    def lead(language: str) -> None:
        step(page, places, language)
        assert page.locator(sign).count(), page.locator("main").inner_text()

    assert faults_of(page, lead) == []
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


def faults_of(page: Page, lead: Callable[[str], None]) -> list[str]:
    """What is wrong with the page that `lead` leads to, in English, and by its widths in Danish, whose words are longer."""
    found: list[str] = []
    for language in ("en", "da"):
        page.set_viewport_size({"width": WIDE, "height": 900})
        lead(language)
        found += [] if page.locator("h1").count() == 1 else [f"{page.url}: not one h1"]
        found += barriers(page) if language == "en" else []
        for width in (NARROW, NARROWEST):
            page.set_viewport_size({"width": width, "height": 900})
            found += barriers(page) if (width, language) == (NARROW, "en") else []
            found += too_wide(page, f"at {width} pixels in {language}")
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += too_wide(page, f"with text twice as large in {language}")
    return found


def too_wide(page: Page, when: str) -> list[str]:
    """That the page scrolls sideways, if it does."""
    return [f"{page.url} scrolls sideways {when}"] if overflow(page) > 0 else []
