"""Pages that no address alone leads to: what comes after a form is sent, lists to choose from, and problems.

Each step opens its page in a language; the words on buttons are of that language, so they are found by their place.
"""

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.browser.page_kinds import Viewer
from tests.system.people import a_number

Places = Mapping[str, str]
Step = Callable[[Page, Places, str], None]


def send(page: Page) -> None:
    """Press the form's button and wait for the page that comes."""
    with page.expect_navigation():
        page.locator("main .frist-actions button").first.click()


def second_step(page: Page, places: Places, language: str) -> None:
    page.goto(f"/registration/register/{places['programme']}?language={language}")
    page.fill("#number", a_number())
    send(page)


def refused_second_step(page: Page, places: Places, language: str) -> None:
    second_step(page, places, language)
    send(page)


def already_known(page: Page, places: Places, language: str) -> None:
    page.goto(f"/registration/register/{places['programme']}?language={language}")
    page.fill("#number", places["registered_number"])
    send(page)


def link_sent(page: Page, places: Places, language: str) -> None:
    page.goto(f"/registration/find-case?programme_id={places['programme']}&language={language}")
    page.fill("#number", a_number())
    send(page)


def sign_in_link_sent(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/registration/sign-in?language={language}")
    page.fill("#email", "somebody@bibliotek.example")
    send(page)


def thanks_for_the_survey(page: Page, places: Places, language: str) -> None:
    """Once it is answered, its address leads here."""
    page.goto(f"{places['survey']}?language={language}")
    if page.locator("#score").count():
        page.locator("#score input[value='5']").check()
        send(page)


def choose_a_municipality(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/scheduling/day?language={language}")


def choose_a_coach(page: Page, places: Places, language: str) -> None:
    page.goto(f"/scheduling/day?municipality={places['municipality']}&language={language}")


def nothing_there(page: Page, _places: Places, language: str) -> None:
    page.goto(f"/registration/case/AAAAAAAAAAAAAAAAAAAAAA?language={language}")


def not_allowed(page: Page, _places: Places, language: str) -> None:
    """A visitor whose form does not come from its page."""
    page.goto(f"/registration/sign-in?language={language}")
    page.evaluate("document.querySelectorAll('main [name=csrf_token]').forEach(field => field.remove())")
    page.fill("#email", "somebody@bibliotek.example")
    send(page)


LED_TO: list[tuple[Viewer, Step, str]] = [
    ("visitor", second_step, "input#name"),
    ("visitor", refused_second_step, ".frist-error-summary"),
    ("visitor", already_known, "main [action$='/find-case']"),
    ("visitor", link_sent, "main:not(:has(form))"),
    ("visitor", sign_in_link_sent, "main:not(:has(form))"),
    ("visitor", thanks_for_the_survey, "main a[href$='/reporting/dashboard']"),
    ("operator", choose_a_municipality, "main .name-columns a[href*='municipality=']"),
    ("operator", choose_a_coach, "main .name-columns a[href*='coach_id=']"),
    ("visitor", nothing_there, "main a[href$='/registration/find-case']"),
    ("visitor", not_allowed, "main:not(:has(form))"),
]
"""Who is led there, the way, and something that only that page has."""
