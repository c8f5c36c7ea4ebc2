"""What people do on the pages, told once for all browser tests."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from operations.rehearsal.http_client import HttpClient
from tests.system.people import a_number
from tests.system.setting import POSTCODE, Setting

SOON = 30_000
"""Milliseconds that news may take from one service's page to another's."""


def register(page: Page, setting: Setting, number: str) -> str:
    """Both steps of registering, in English; gives the organisation's own token."""
    page.goto(f"/registration/register/{setting.programme_id}?language=en")
    page.fill("#number", number)
    page.get_by_role("button", name="Next").click()
    page.fill("#name", "Bageriet på Hjørnet ApS")
    page.get_by_label("Company", exact=True).check()
    page.fill("#postcode", POSTCODE)
    page.fill("#contact_name", "Søren Ørsted")
    page.fill("#email", f"kontakt@{number}.example")
    page.get_by_label("English", exact=True).check()
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/registration/case/[\w-]+/inventory"))
    return page.url.split("/")[-2]


def answer_inventory(page: Page, setting: Setting) -> None:
    """Everything is new to them, and they want help with the duty."""
    for topic in setting.definition["topics"]:
        page.locator(f"#level-{topic['topic']} input[value='0']").check()
    for topic in setting.topics:
        page.locator(f"#help input[value='{topic}']").check()
    page.get_by_role("button", name="Send answers").click()
    expect(page.locator("h1")).to_have_text("Bageriet på Hjørnet ApS")


def see_seat(page: Page, token: str) -> str:
    """The seat on the organisation's own page, as soon as it has one; gives its hours."""
    page.goto(f"/registration/case/{token}")
    reload_until(page, "See or change your time")
    page.get_by_role("button", name="See or change your time").click()
    return page.locator(".seat-time").inner_text()


def choose_another(page: Page) -> str:
    """The first other free seat; gives its hours."""
    page.get_by_role("button", name="Choose another time").click()
    page.get_by_role("button", name=re.compile("^Choose")).first.click()
    expect(page.get_by_text("Your session is booked")).to_be_visible()
    return page.locator(".seat-time").inner_text()


def reload_until(page: Page, words: str) -> None:
    """Look again, as a person does, until the words are there."""
    there = page.get_by_text(words).first
    for _ in range(SOON // 500):
        if there.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(there).to_be_visible()


@dataclass
class Staff:
    """Makes staff accounts and signs their windows in."""

    operator: HttpClient
    setting: Setting

    def link(self, role: str, municipality: str | None = None, coach_id: str | None = None) -> str:
        """The address that signs a new member of staff in."""
        facts = {
            "name": f"Mette Holm, {role}",
            "email": f"{role}-{a_number()}@bibliotek.example",
            "language": "en",
        }
        made = self.operator.post(
            "/registration/api/staff", {**facts, "role": role, "municipality": municipality, "coach_id": coach_id}
        )
        return str(self.operator.post(f"/registration/api/staff/{made['staff_id']}/sign-in-link")["link"])

    def sign_in(self, page: Page, role: str, municipality: str | None = None, coach_id: str | None = None) -> None:
        """Open a sign-in link and press its button."""
        page.goto(self.link(role, municipality, coach_id))
        page.get_by_role("button").filter(has_text=re.compile("Sign in|Log ind|Logga in")).click()
        expect(page.locator(".frist-sign-out")).to_be_visible()


def record_attendance(page: Page, setting: Setting, hours: str) -> None:
    """The coach opens the day, and records for these hours that everything was achieved."""
    page.goto("/scheduling/day?language=en")
    visit = page.locator(".visit").filter(has=page.get_by_text(hours, exact=True))
    visit.get_by_role("button", name=re.compile("^Record")).click()
    for topic in setting.topics:
        page.locator(f"#achieved-{topic} input[value='yes']").check()
        page.locator(f"#after-{topic} input[value='2']").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Recorded.")).to_be_visible()


def answer_survey(page: Page, path: str) -> None:
    """Five points and a comment."""
    page.goto(f"{path}?language=en")
    page.locator("#score input[value='5']").check()
    page.fill("#comment", "Calm and friendly.")
    page.get_by_role("button", name="Send the answer").click()


def fulfilled(page: Page, setting: Setting) -> str:
    """The headline of the dashboard."""
    page.goto(f"/reporting/dashboard?programme={setting.programme_id}&language=en")
    return page.locator("h1").inner_text()
