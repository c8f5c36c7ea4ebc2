"""The command speaks so that a person knows what to do next."""

import json
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from operations.services import SERVICES
from tests.operations.as_processes import frist
from tests.operations.conftest import Command

COMMANDS = [
    ["up"],
    ["rehearse"],
    ["status"],
    ["ledger"],
    ["rebuild"],
    ["migrate"],
    ["secrets"],
    ["parked", "list"],
    ["parked", "show"],
    ["parked", "replay"],
    ["parked", "discard"],
    ["programme", "check"],
    ["programme", "apply"],
    ["register", "import"],
    ["keys", "create"],
    ["keys", "list"],
    ["keys", "revoke"],
    ["staff", "add"],
    ["staff", "sign-in-link"],
]
PROGRAMMES = Path(__file__).parents[2] / "programmes"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_explains_itself(command: list[str]) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    from operations.command import app  # noqa: PLC0415

    told = CliRunner().invoke(app, [*command, "--help"])

    assert told.exit_code == 0
    assert "Usage:" in told.stdout


def test_without_a_platform_it_says_how_to_start_one(tmp_path: Path) -> None:
    done = frist("status", folder=tmp_path)

    assert done.returncode == 1
    assert "make up" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sound_programme_is_in_order(tmp_path: Path) -> None:
    done = frist("programme", "check", str(PROGRAMMES / "dk-digital-post-2013.yaml"), folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "in order" in done.stdout


def test_a_faulty_programme_is_told_line_by_line(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(
        (PROGRAMMES / "dk-digital-post-2013.yaml").read_text().replace("country: dk", "country: atlantis")
    )

    done = frist("programme", "check", str(faulty), folder=tmp_path)

    assert done.returncode == 1
    assert "line " in done.stderr


def test_a_platform_that_does_not_answer_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(
        '{"FRIST_PUBLIC_URL": "http://localhost:9", "FRIST_OPERATOR_KEY": "frist_x_y"}'
    )

    done = frist("staff", "list", folder=tmp_path)

    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "url", ["http://nowhere.invalid:8000", "http://127.0.0.1:0"], ids=["no such name", "no such port"]
)
@pytest.mark.parametrize(
    "command", [["staff", "list"], ["register", "import", "register.csv", "--programme", "x"]], ids=" ".join
)
def test_an_address_that_leads_nowhere_is_told(tmp_path: Path, url: str, command: list[str]) -> None:
    (tmp_path / "stack.json").write_text(json.dumps({"FRIST_PUBLIC_URL": url, "FRIST_OPERATOR_KEY": "frist_x_y"}))
    (tmp_path / "register.csv").write_text("number\n")

    done = frist(*[str(tmp_path / word) if word.endswith(".csv") else word for word in command], folder=tmp_path)

    assert done.returncode == 1
    assert f"The platform at {url} does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_whoever_speaks_something_else_is_no_platform(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        (tmp_path / "stack.json").write_text(json.dumps({"FRIST_PUBLIC_URL": url, "FRIST_OPERATOR_KEY": "frist_x_y"}))
        threading.Thread(target=_greet_as_mail_server, args=[server], daemon=True).start()

        done = frist("staff", "list", folder=tmp_path)

    assert done.returncode == 1
    assert "does not answer (220 mail.example" in done.stderr
    assert "Traceback" not in done.stderr


def _greet_as_mail_server(server: socket.socket) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize("command", ["status", "ledger", "migrate", "rebuild reporting"])
def test_a_database_that_does_not_answer_is_named(tmp_path: Path, command: str) -> None:
    away = {f"FRIST_{name.upper()}_DATABASE_URL": f"postgresql://x:hushed@127.0.0.1:1/{name}" for name in SERVICES}
    known = {"FRIST_PUBLIC_URL": "http://localhost:9", "FRIST_AMQP_URL": "amqp://x:y@127.0.0.1:1/frist", **away}
    (tmp_path / "stack.json").write_text(json.dumps(known))

    done = frist(*command.split(), folder=tmp_path)

    service = command.partition(" ")[2] or "registration"
    assert done.returncode == 1
    assert f"The database of {service} does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hushed" not in done.stderr
    assert ("Services at" in done.stdout) is (command == "status")


@pytest.mark.parametrize("command", ["up", "rehearse"])
@pytest.mark.parametrize("port", ["abc", "-1", "65536"])
def test_a_port_that_is_none_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, port: str
) -> None:
    monkeypatch.setenv("ORGANISATIONS", "1")

    done = frist(command, folder=tmp_path, FRIST_PORT=port)

    assert done.returncode == 1
    assert "FRIST_PORT cannot be used" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_status_says_where_to_look_for_processes_that_it_does_not_know(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRIST_PUBLIC_URL", "http://127.0.0.1:9")

    told, as_json = command("status"), command("status", "--json")

    assert "Which processes run is not known here. In containers: docker compose ps" in told.stdout
    assert json.loads(as_json.stdout)["processes"] is None
