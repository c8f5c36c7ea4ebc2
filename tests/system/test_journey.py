"""The journey through the platform's processes on this machine."""

import json

from operations.local.stack import Stack
from tests.system.journey import a_journey


def test_an_organisation_comes_from_its_duty_to_the_survey(platform: Stack) -> None:
    told: list[str] = []

    a_journey(platform.public_url, platform.operator_key, platform.catcher_page.rstrip("/"), told.append).run()

    assert told[-1] == "the dashboard moved"


def test_every_log_line_is_json_and_says_whose_it_is(platform: Stack) -> None:
    logs = sorted((platform.folder / "logs").glob("*.log"))
    lines = {
        log.stem: [json.loads(line) for line in log.read_text().splitlines()] for log in logs if log.stem != "catcher"
    }

    assert {"web", "registration-worker", "reporting-relay"} <= lines.keys()
    assert all(lines.values())
    for name, said in lines.items():
        service, _, process = name.rpartition("-")
        assert {line["process"] for line in said} == {process}, name
        assert {line["service"] for line in said if process != "web" or line["event"] == "request"} <= (
            {service} if service else {"registration", "scheduling", "notifications", "reporting", "front"}
        ), name
