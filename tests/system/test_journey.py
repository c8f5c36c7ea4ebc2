"""The journey through the platform's processes on this machine."""

from operations.local.stack import Stack
from tests.system.journey import a_journey


def test_an_organisation_comes_from_its_duty_to_the_survey(platform: Stack) -> None:
    told: list[str] = []

    a_journey(platform.public_url, platform.operator_key, platform.catcher_page.rstrip("/"), told.append).run()

    assert told[-1] == "the dashboard moved"
