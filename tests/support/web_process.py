"""A service's web process as people reach it: gunicorn behind a real socket, for what only a connection can do."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from messaging.database import Database
from tests.support.apps import ENVIRONMENT
from web.keys import hash_key

ROOT = Path(__file__).parents[2]


@contextmanager
def web_process(service: str, database: Database[Any], operator_key: str) -> Iterator[int]:
    """The port of the service's gunicorn over this database; who connects before it is up waits in the socket's queue."""
    told = {
        f"FRIST_{service.upper()}_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "FRIST_OPERATOR_KEY_HASH": hash_key(operator_key).hex(),
        "FRIST_CLOCK": "driven",
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-m", "gunicorn", f"services.{service}.__main__:create_app()", "--no-control-socket"]
        command += ["--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--graceful-timeout", "1"]
        environment = os.environ | ENVIRONMENT | told
        process = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[listener.fileno()])
        try:
            yield listener.getsockname()[1]
        finally:
            process.terminate()
            process.wait(20)


def send_and_hang_up(port: int, request: str, key: str, body: bytes, *framing: str) -> bytes:
    """Send the head of a request and this much of its body, say nothing more, and hear what is answered."""
    head = [
        f"{request} HTTP/1.1",
        "Host: localhost",
        "Content-Type: text/csv",
        f"Authorization: Bearer {key}",
        *framing,
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))
