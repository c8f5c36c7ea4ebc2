"""`frist programme`: nothing is sent of a faulty file, and a refusal is told so that it can be read."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.operations.test_command import PROGRAMMES, frist

SOUND = (PROGRAMMES / "dk-digital-post-2013.yaml").read_bytes()
REFUSAL = {
    "type": "/problems/programme_refused",
    "detail": "The programme file has 2 fault(s); mend them and apply it again.",
    "errors": [
        {"field": "cap.days", "message": "line 12, cap.days: write a whole number from 1 to 366"},
        {"field": "names.da", "message": "missing; add it"},
    ],
}


@dataclass
class AnsweringPlatform:
    """A platform that answers what it is told to, and remembers what it was asked."""

    folder: Path
    status: int = 200
    answer: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, environment: Any, start_response: Any) -> Any:
        request = Request(environment)
        request.get_data()
        self.asked.append(f"{request.method} {request.path}")
        return Response(json.dumps(self.answer), status=self.status)(environment, start_response)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[AnsweringPlatform]:
    answering = AnsweringPlatform(tmp_path)
    server = make_server("127.0.0.1", 0, answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    known = {"FRIST_PUBLIC_URL": f"http://127.0.0.1:{server.port}", "FRIST_OPERATOR_KEY": "frist_x_y"}
    (tmp_path / "stack.json").write_text(json.dumps(known))
    yield answering
    server.shutdown()
    thread.join()
    server.server_close()


def a_file(folder: Path, content: bytes) -> str:
    """A programme file with its country's postcodes beside it."""
    (folder / "postcodes").mkdir()
    (folder / "postcodes" / "dk.csv").write_text("postcode,town,municipality\n")
    path = folder / "dk-digital-post-2013.yaml"
    path.write_bytes(content)
    return str(path)


def test_a_sound_programme_is_sent_after_its_places(platform: AnsweringPlatform) -> None:
    done = frist("programme", "apply", a_file(platform.folder, SOUND), folder=platform.folder)

    assert done.returncode == 0, done.stderr
    assert platform.asked == [
        "PUT /registration/api/postcodes/dk",
        "PUT /registration/api/programmes/dk-digital-post-2013",
    ]


def test_nothing_is_sent_of_a_faulty_programme_and_every_fault_is_told(platform: AnsweringPlatform) -> None:
    faulty = SOUND.replace(b"days: 7}", b"days: 0}").replace(b"share: 60", b"share: 600")

    done = frist("programme", "apply", a_file(platform.folder, faulty), folder=platform.folder)

    assert done.returncode == 1
    assert "cap.days: write a whole number from 1 to 366" in done.stderr
    assert "money.funders[0].share: write a whole number from 1 to 100" in done.stderr
    assert platform.asked == []


@pytest.mark.parametrize("command", ["check", "apply"])
def test_a_file_that_is_not_utf8_is_told_with_its_line(platform: AnsweringPlatform, command: str) -> None:
    written_elsewhere = SOUND.replace(b"country: dk", b"country: dk  # \xd8er")

    done = frist("programme", command, a_file(platform.folder, written_elsewhere), folder=platform.folder)

    assert done.returncode == 1
    assert "line 5" in done.stderr
    assert "save the file as UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refusal_is_told_in_its_own_words_with_a_line_for_each_fault(platform: AnsweringPlatform) -> None:
    platform.status, platform.answer = 422, REFUSAL

    done = frist("programme", "apply", a_file(platform.folder, SOUND), folder=platform.folder)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-3:] == [
        "PUT /registration/api/postcodes/dk was answered 422: The programme file has 2 fault(s); mend them and apply it again.",
        "  line 12, cap.days: write a whole number from 1 to 366",
        "  names.da: missing; add it",
    ]


def test_an_answer_that_is_no_problem_is_told_as_it_came(platform: AnsweringPlatform) -> None:
    platform.status, platform.answer = 502, {"message": "bad gateway"}

    done = frist("programme", "apply", a_file(platform.folder, SOUND), folder=platform.folder)

    assert done.returncode == 1
    assert '{"message": "bad gateway"}' in done.stderr
