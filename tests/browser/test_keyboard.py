"""Registering without a mouse, and what a page says when something is wrong."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NARROW, barriers
from tests.system.setting import POSTCODE, Setting

MOST_STEPS = 60
"""More presses of Tab than any page has things to stop at."""

HAS_VISIBLE_FOCUS = """selector => {
    const one = document.activeElement, style = getComputedStyle(one), label = one.nextElementSibling
    const shown = [style, getComputedStyle(one, '::before'), ...(label ? [getComputedStyle(label), getComputedStyle(label, '::before')] : [])]
    return shown.some(s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none')
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands on what the selector names; what has the focus shows it."""
    for _ in range(MOST_STEPS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
        page.keyboard.press("Tab")
    expect(page.locator(f"{selector}:focus")).to_have_count(1)
    assert page.evaluate(HAS_VISIBLE_FOCUS, selector), f"nothing shows that {selector} has the focus"


def write(page: Page, selector: str, text: str) -> None:
    """Go to a field and write."""
    tab_to(page, selector)
    page.keyboard.type(text)


def press(page: Page, selector: str, key: str) -> None:
    """Go to something and press a key on it."""
    tab_to(page, selector)
    page.keyboard.press(key)


def test_the_first_stop_leads_past_the_menu(window: Callable[..., Page]) -> None:
    page = window()
    page.goto("/?language=en")

    press(page, ".skipnav", "Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_an_organisation_registers_by_keyboard_alone(
    window: Callable[..., Page], setting: Setting, number: str
) -> None:
    page = window()
    page.goto(f"/registration/register/{setting.programme_id}?language=en")

    write(page, "#number", number)
    page.keyboard.press("Enter")
    page.wait_for_selector("#postcode")
    write(page, "#name", "Bageriet på Hjørnet ApS")
    press(page, "input[name='kind']", "Space")
    write(page, "#postcode", POSTCODE)
    write(page, "#email", f"kontakt@{number}.example")
    press(page, "main button[type='submit']", "Enter")
    page.wait_for_url(re.compile("/inventory"))
    for topic in setting.definition["topics"]:
        press(page, f"input[name='level-{topic['topic']}']", "Space")
    press(page, "input[name='help']", "Space")
    press(page, "main button[type='submit']", "Enter")

    expect(page.locator("h1")).to_have_text("Bageriet på Hjørnet ApS")


@pytest.mark.parametrize("wrong", ["", "123", "12345678", "ABCDEFGH"])
def test_a_wrong_number_is_told_beside_the_field_and_above_the_form(
    window: Callable[..., Page], setting: Setting, wrong: str
) -> None:
    page = window(NARROW)
    page.goto(f"/registration/register/{setting.programme_id}?language=en")

    page.fill("#number", wrong)
    page.keyboard.press("Enter")

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.locator("#number")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#number-error")).to_be_visible()
    assert page.input_value("#number") == wrong
    assert barriers(page) == []
    summary.get_by_role("link").click()
    expect(page.locator("#number")).to_be_focused()


@pytest.mark.parametrize(
    "path", ["/nowhere", "/registration/case/unknown", "/scheduling/case/unknown", "/reporting/survey/unknown"]
)
def test_an_address_that_leads_nowhere_says_where_to_go(window: Callable[..., Page], path: str) -> None:
    page = window(NARROW)

    answer = page.goto(f"{path}?language=en")

    assert answer is not None
    assert answer.status == 404
    assert page.locator("main a").count() > 0
    assert barriers(page) == []


def test_what_only_staff_may_see_leads_to_the_sign_in(window: Callable[..., Page]) -> None:
    page = window()

    page.goto("/registration/cases?language=en")

    page.wait_for_url(re.compile("/registration/sign-in"))
    assert barriers(page) == []


def test_details_that_are_missing_are_told_at_their_fields(
    window: Callable[..., Page], setting: Setting, number: str
) -> None:
    page = window(NARROW)
    page.goto(f"/registration/register/{setting.programme_id}?language=en")
    page.fill("#number", number)
    page.keyboard.press("Enter")
    page.wait_for_selector("#postcode")

    page.get_by_role("button", name="Register").click()

    for field in ("name", "kind"):
        expect(page.locator(f"#{field}-error")).to_be_visible()
    assert barriers(page) == []
