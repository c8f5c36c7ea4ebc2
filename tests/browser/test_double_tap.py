"""Who taps a button twice sends its form once, and nobody is kept from sending it later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

ADDRESS = "http://frist.test/"
SCRIPT = Path(__file__).parents[2] / "web" / "static" / "frist.js"
PAGE = """<!doctype html><script src="frist.js"></script><form method="post"><button>Register</button></form>"""
TAP_TWICE = """async () => {
    const button = document.querySelector("button")
    button.click()
    await new Promise(resolve => setTimeout(resolve, 200))
    button.click()
    await new Promise(resolve => setTimeout(resolve, 200))
}"""
COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A form on a page with the script of ours; what it sends is answered with nothing, so that the page stays."""

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=204)
        elif route.request.url.endswith(".js"):
            route.fulfill(path=SCRIPT)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    page = browser.new_page()
    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    yield page
    page.close()


def test_two_taps_send_a_form_once_and_who_comes_back_sends_it_again_at_once(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))

    page.evaluate(TAP_TWICE)
    page.evaluate(COME_BACK)
    with page.expect_request(ADDRESS):
        page.click("button")

    assert sent == ["POST", "POST"]
