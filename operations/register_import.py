"""Sends the national register to registration as a stream, and follows the import to its end."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from json import loads
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from rich.progress import Progress

from operations.errors import RequestError
from operations.rehearsal.http_client import Answer, HttpClient, answered_by

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class ImportReport:
    """What became of the rows."""

    run: dict[str, Any]
    first_faults: list[str]

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return int(self.run["refused"])

    @property
    def sentence(self) -> str:
        """The counts in a sentence, and where the refused rows are."""
        counts = (
            "{rows_staged} rows: {opened} opened, {updated} updated, {unchanged} unchanged, {refused} refused.".format(
                **self.run
            )
        )
        where = f" All refusals: /registration/api/imports/{self.run['run_id']}/refusals.csv" if self.refused else ""
        return counts + where


def send_register(public_url: str, operator_key: str, programme_id: str, file: Path) -> ImportReport:
    """Send the file and wait until every row is taken or refused; raises RequestError when the file is no register."""
    client = HttpClient(public_url, operator_key)
    with Progress() as progress:
        run = _send(public_url, operator_key, programme_id, file, progress)
        task = progress.add_task("Taking the rows", total=run["rows_staged"])
        address = f"/registration/api/imports/{run['run_id']}"
        while run["state"] not in ("done", "broken"):
            time.sleep(0.5)
            run = client.get(address)
            done = run["opened"] + run["updated"] + run["unchanged"] + run["refused"]
            progress.update(task, completed=done, total=run["rows_staged"])
    if run["state"] == "broken":
        raise RequestError(f"The import broke off: {run['reason']} Mend it and import again; what was taken stays.")
    refusals = client.get(f"{address}/refusals?limit=10")["items"] if run["refused"] else []
    return ImportReport(run, [f"line {row['line']}, {row['field'] or 'row'}: {row['reason']}" for row in refusals])


def _send(public_url: str, operator_key: str, programme_id: str, file: Path, progress: Progress) -> dict[str, Any]:
    """Stream the file: the register of a country does not fit in memory on every machine."""
    parts = urlsplit(public_url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "localhost", parts.port, timeout=600)
    size = file.stat().st_size
    headers = {"Authorization": f"Bearer {operator_key}", "Content-Type": "text/csv", "Content-Length": str(size)}
    path = f"/registration/api/programmes/{quote(programme_id)}/register"
    with answered_by(public_url):
        connection.connect()
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before it was read: the answer says why
            connection.request("POST", path, _chunks(file, progress, size), headers)
        answer = connection.getresponse()
        body = answer.read()
    connection.close()
    if answer.status >= 400:
        raise RequestError(f"The register was refused ({answer.status}): {Answer(answer.status, body).in_words()}")
    run: dict[str, Any] = loads(body)
    return run


def _chunks(file: Path, progress: Progress, size: int) -> Iterator[bytes]:
    task = progress.add_task(f"Sending {file.name}", total=size)
    with file.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            progress.advance(task, len(chunk))
            yield chunk
