"""The local catcher as a process: who may use its gateway is told by the environment, whatever the secret begins with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from operations import settings
from operations.local import processes
from operations.local.catcher import Catcher
from tests.support.waiting import eventually

SECRET = "-begins-like-an-option"
SMS = {"sender": "Frist", "recipients": ["+4512345678"], "text": "Hej", "reference": "one"}


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    kept = tmp_path / "secrets" / "sms-token"
    kept.parent.mkdir()
    kept.write_text(SECRET)
    catcher = Catcher.choose(tmp_path / "caught")
    environment = settings.inherited() | catcher.settings_of_services()
    process = processes.start(catcher.command(), env=environment, log=tmp_path / "catcher.log")
    eventually(lambda: processes.answers(catcher.http_port), "the catcher answers")
    yield catcher
    processes.stop(process)


def test_only_who_knows_the_secret_may_send(catcher: Catcher) -> None:
    def status(secret: str) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return requests.post(f"{catcher.page}sms", json=SMS, headers=headers, timeout=5).status_code

    assert (status("guessed"), status(SECRET)) == (401, 202)


def test_its_secret_is_not_on_its_command_line(catcher: Catcher) -> None:
    assert not any(SECRET in part for part in catcher.command())
