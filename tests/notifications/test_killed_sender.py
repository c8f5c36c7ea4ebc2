"""A worker that is killed in the middle of sending: nothing is lost, everything is counted once."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from frist_contracts import MessageSent
from services.notifications.handlers import invite_to_surveys, learn_contacts
from services.notifications.handlers.sending import BATCH
from tests.notifications.builders import a_contact, a_programme_applied, a_survey
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
MANY = 900


@pytest.fixture
def worker(platform, catcher, broker_url):
    """Starts the real worker process on the platform's database; what is left is killed."""
    url = platform.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {
        **os.environ,
        "FRIST_NOTIFICATIONS_DATABASE_URL": url,
        "FRIST_AMQP_URL": broker_url,
        "FRIST_CLOCK": "driven",
        "FRIST_TICK_SECONDS": "0.05",
        "FRIST_SMTP_URL": f"smtp://127.0.0.1:{catcher.smtp_port}",
        "FRIST_LOG_LEVEL": "WARNING",
    }
    started = []

    def start():
        started.append(
            subprocess.Popen([sys.executable, "-m", "services.notifications", "worker"], cwd=ROOT, env=environment)
        )
        return started[-1]

    yield start

    for process in started:
        process.kill()
        process.wait()


def sent(platform):
    with platform.database.begin() as uow:
        return uow.connection.exec_driver_sql("SELECT count(*) FROM messages WHERE state = 'sent'").scalar()


def test_a_sender_killed_in_mid_stream_loses_nothing_and_counts_nothing_twice(platform, catcher, worker):
    platform.tell(a_programme_applied())
    with platform.database.begin() as uow:
        learn_contacts([a_contact(f"case-{number}") for number in range(MANY)], uow)
        for number in range(MANY):
            invite_to_surveys([a_survey(f"case-{number}", f"survey-{number}")], uow)

    for enough in (150, 500):
        process = worker()
        eventually(lambda enough=enough: len(catcher.store) >= enough, "mails arrive")
        process.kill()
        process.wait()
        with platform.database.begin() as uow:
            uow.connection.exec_driver_sql(
                "UPDATE messages SET claimed_until = clock_timestamp() WHERE state = 'sending'"
            )
    worker()

    eventually(lambda: sent(platform) == MANY, "every message is sent", 60)
    arrived = Counter(mail["message_id"] for mail in catcher.caught)
    assert len(arrived) == MANY
    assert len(platform.told(MessageSent)) == MANY
    assert sum(arrived.values()) - MANY <= 2 * BATCH["bulk"]
