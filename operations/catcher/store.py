"""Keeps what was caught: files in a folder, and an index that can be followed like a log."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from threading import Lock
from typing import Any

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_IN_ONE_FOLDER = 1000

Entry = dict[str, Any]


class CaughtStore:
    """One folder of caught messages. Numbers count up from 1 in the order of arrival, across restarts.

    A line of `index.jsonl` has `number, kind` (`mail` or `sms`)`, at, to, subject, purpose, message_id, path, links`; an SMS
    has its `text` too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._offsets: list[int] = []
        self._references: set[str] = set()
        self._index = (folder / "index.jsonl").open("ab+")
        self._read_index()

    def __len__(self) -> int:
        return len(self._offsets)

    def close(self) -> None:
        """Nothing more is caught."""
        self._index.close()

    def add_mail(self, recipients: list[str], content: bytes) -> Entry:
        """Keep a mail as it came."""
        mail = message_from_bytes(content)
        text = part_text(mail, "text/plain")
        with self._lock:
            number = len(self._offsets) + 1
            path = Path("mail") / f"{number // _IN_ONE_FOLDER:04d}" / f"{number:07d}.eml"
            self._write(path, content)
            return self._append(
                {
                    "number": number,
                    "kind": "mail",
                    "at": _now(),
                    "to": ", ".join(recipients),
                    "subject": header(mail, "Subject"),
                    "purpose": header(mail, "X-Frist-Purpose"),
                    "message_id": header(mail, "Message-ID"),
                    "path": str(path),
                    "links": _LINK.findall(text),
                }
            )

    def add_sms(self, to: str, text: str, reference: str) -> bool:
        """Keep an SMS; False when one with this reference was kept before."""
        with self._lock:
            if reference in self._references:
                return False
            self._references.add(reference)
            self._append(
                {
                    "number": len(self._offsets) + 1,
                    "kind": "sms",
                    "at": _now(),
                    "to": to,
                    "subject": text[:60],
                    "purpose": "",
                    "message_id": reference,
                    "path": "sms.jsonl",
                    "links": _LINK.findall(text),
                    "text": text,
                }
            )
            with (self._folder / "sms.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"to": to, "text": text, "reference": reference}, ensure_ascii=False) + "\n")
        return True

    def entry(self, number: int) -> Entry | None:
        """The index's line of a message."""
        if not 1 <= number <= len(self._offsets):
            return None
        with (self._folder / "index.jsonl").open("rb") as file:
            file.seek(self._offsets[number - 1])
            found: Entry = json.loads(file.readline())
        return found

    def newest(self, before: int | None = None, words: str = "") -> Iterator[Entry]:
        """Entries from the newest on, those numbered below `before`, with all of `words` somewhere in them."""
        wanted = words.casefold().split()
        with (self._folder / "index.jsonl").open("rb") as file:
            for offset in reversed(self._offsets[: (before or len(self._offsets) + 1) - 1]):
                file.seek(offset)
                line = file.readline().decode()
                if all(word in line.casefold() for word in wanted):
                    yield json.loads(line)

    def mail(self, entry: Entry) -> Message:
        """The kept mail."""
        return message_from_bytes(self.content(entry))

    def content(self, entry: Entry) -> bytes:
        """The mail's bytes."""
        path = self._folder / str(entry["path"])
        return path.read_bytes()

    def _read_index(self) -> None:
        self._index.seek(0)
        offset = 0
        for line in self._index:
            self._offsets.append(offset)
            offset += len(line)
            if b'"kind": "sms"' in line:
                self._references.add(json.loads(line)["message_id"])

    def _append(self, entry: Entry) -> Entry:
        self._index.seek(0, 2)
        self._offsets.append(self._index.tell())
        self._index.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._index.flush()
        return entry

    def _write(self, path: Path, content: bytes) -> None:
        target = self._folder / path
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def header(mail: Message, name: str) -> str:
    """A header as people read it."""
    raw = mail.get(name)
    if raw is None:
        return ""
    text = str(raw)
    return str(make_header(decode_header(text))) if "=?" in text else text.replace("\r\n", "").replace("\n", "")


def part_text(mail: Message, content_type: str) -> str:
    """The text of the mail's first part of a type; empty when it has none."""
    for part in mail.walk():
        if part.get_content_type() == content_type:
            payload = part.get_payload(decode=True)
            return payload.decode(part.get_content_charset("utf-8"), "replace") if isinstance(payload, bytes) else ""
    return ""


def _now() -> str:
    return datetime.now(UTC).isoformat()  # noqa: TID251 - a catcher lives in machine time
