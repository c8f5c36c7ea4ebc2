"""No page scrolls sideways, however long a name, narrow a window or large a text; and a coach's sheet is whole on paper."""

import pytest

from tests.browser.chromium import NARROW, NARROWEST, WIDE, a_browser, overflow
from tests.scheduling.builders import a_block, a_coach, a_contact, a_venue, an_assessment
from tests.scheduling.conftest import token_of
from web.access import Role

LONG = "Andelsboligforeningsrådhusvejenssammenslutning af grundejerforeninger i Københavnsområdet"
TWICE_AS_LARGE = "html { font-size: 20px !important }"


@pytest.fixture(scope="module")
def browser():
    """The Chromium of this machine."""
    with a_browser() as browser:
        yield browser


@pytest.fixture
def page(browser, signed_in, world):
    """Pages of an organisation with a long name, as its municipality's lead sees them; served without a server."""
    week = tuple(a_block(weekday=day) for day in range(6))
    world.has(a_venue(), a_coach(name="Karen Margrethe Holm-Christoffersen", forms=("visit",), blocks=week))
    for case_id, language in (("case-1", "da"), ("case-2", "da"), ("waits", "sv")):
        world.hear(
            a_contact(case_id, organisation_name=LONG, contact_name=LONG, address=LONG),
            an_assessment(case_id, help_forms=["visit"], language=language),
        )
    client = signed_in(Role.LEAD, municipality="dk-0101")

    def answer(route):
        found = client.get(route.request.url.removeprefix("http://localhost"))
        route.fulfill(status=found.status_code, content_type=found.content_type, body=found.data)

    page = browser.new_page()
    page.route("**/*", answer)
    yield page
    page.close()


def test_no_page_scrolls_sideways(page, world):
    session_id = world.scalar("SELECT session_id FROM bookings WHERE case_id = 'case-1'")
    wide = {}
    for path in (
        "day?coach_id=coach-1&date=2013-09-03", "municipality/dk-0101?language=en", "municipality/dk-0101/waiting",
        f"sessions/{session_id}", f"case/{token_of()}", "coach/coach-1",
    ):  # fmt: skip
        for width in (NARROW, NARROWEST, WIDE):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"http://localhost/scheduling/{path}")
            if width == WIDE:
                page.add_style_tag(content=TWICE_AS_LARGE)
            wide[path.partition("?")[0], width] = overflow(page)

    assert {place: pixels for place, pixels in wide.items() if pixels > 0} == {}


def test_on_paper_a_visitor_is_whole_and_nothing_is_there_to_click(page):
    page.goto("http://localhost/scheduling/day?coach_id=coach-1&date=2013-09-03")
    page.emulate_media(media="print")

    kept = page.locator(".visit").evaluate_all("all => all.map(each => getComputedStyle(each).breakInside)")
    clickable = page.locator(".day-links a, .visit-head a, .button").locator("visible=true").count()

    assert set(kept) == {"avoid"}
    assert clickable == 0
