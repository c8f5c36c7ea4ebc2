"""Reporting's own worker and relay on the real broker: what it announces itself, it counts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import SurveyAnswered
from messaging.database import Database
from tests.reporting import world
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture
def running(database: Database[Any], broker_url: str) -> Iterator[Database[Any]]:
    """Reporting's database with a worker and a relay on it."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {**os.environ, "FRIST_REPORTING_DATABASE_URL": url, "FRIST_AMQP_URL": broker_url}
    processes = [
        subprocess.Popen([sys.executable, "-m", "services.reporting", kind], cwd=ROOT, env=environment)
        for kind in ("worker", "relay")
    ]
    yield database
    for process in processes:
        process.terminate()
    assert [process.wait(30) for process in processes] == [0, 0]


def test_answers_travel_over_the_broker_into_the_numbers(running: Database[Any]) -> None:
    answers = [
        SurveyAnswered(
            survey_id=f"survey-{number}",
            case_id=f"case-{number}",
            programme_id=world.PROGRAMME,
            municipality="dk-0101",
            score=1 + number % 5,
            first_visit=False,
        )
        for number in range(500)
    ]
    with running.begin() as uow:
        for answer in answers:
            uow.outbox.add(answer)

    def counted() -> bool:
        with running.begin() as uow:
            number = uow.connection.execute(text("SELECT sum(number) FROM survey_tallies")).scalar()
        return bool(number == len(answers))

    eventually(counted, "all answers are counted", 60)
    with running.begin() as uow:
        lanes = uow.figures.delivery()["lanes"]
    assert [(lane["producer"], lane["events"], lane["position"]) for lane in lanes] == [("reporting", 500, 500)]
    assert [0 < lane["median_lag"] <= lane["worst_lag"] < 60 for lane in lanes] == [True]
