"""The journey on the pages: register, inventory, seat, another seat, the coach records, survey, the dashboard moves."""

from collections.abc import Callable

from playwright.sync_api import Page

from operations.local.stack import Stack
from operations.rehearsal.http_client import HttpClient
from tests.browser import pages
from tests.support.waiting import eventually
from tests.system.mailbox import Mailbox
from tests.system.setting import MUNICIPALITY, Setting


def test_an_organisation_and_its_coach_find_their_way(
    window: Callable[..., Page], platform: Stack, setting: Setting, staff: pages.Staff, number: str
) -> None:
    organisation, coach = window(390), window(390)
    staff.sign_in(coach, "coach", MUNICIPALITY, setting.coach_id)
    before = pages.fulfilled(coach, setting)
    mailbox = Mailbox(HttpClient(platform.catcher_page), f"kontakt@{number}.example")

    token = pages.register(organisation, setting, number)
    pages.answer_inventory(organisation, setting)
    seat = pages.see_seat(organisation, token)
    other = pages.choose_another(organisation)
    pages.record_attendance(coach, setting, other)
    survey = eventually(lambda: mailbox.link("/reporting/survey"), "the survey's link comes by mail")
    pages.answer_survey(organisation, survey)

    assert seat != other
    eventually(lambda: pages.fulfilled(coach, setting) != before, "the dashboard moves")
