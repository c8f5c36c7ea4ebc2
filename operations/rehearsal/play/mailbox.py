"""What the platform sent, read from the catcher that stands in for mail server and SMS gateway."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.rehearsal.world.programme import Programme
from services.notifications.channels.texts import own_texts

REMINDER = "session_reminder"


@dataclass(frozen=True)
class Caught:
    """A caught mail or SMS, as its reader understands it; `survey_link` is empty when it has none."""

    to: str
    channel: str
    is_reminder: bool
    survey_link: str


class Mailbox:
    """Follows the catcher's index like a log."""

    def __init__(self, folder: Path, programme: Programme) -> None:
        self._index = folder / "index.jsonl"
        self._offset = 0
        self._openings = reminder_openings(programme)

    def new(self) -> list[Caught]:
        """What came since the last time, in an order that does not depend on which came first."""
        if not self._index.exists():
            return []
        with self._index.open("rb") as file:
            file.seek(self._offset)
            lines = file.read()
        complete = lines[: lines.rfind(b"\n") + 1]
        self._offset += len(complete)
        found = [self._read(json.loads(line)) for line in complete.splitlines()]
        return sorted(found, key=lambda one: (one.to, one.survey_link))

    def _read(self, entry: dict[str, Any]) -> Caught:
        links = [link for link in entry["links"] if "/reporting/survey/" in link]
        is_mail = entry["kind"] == "mail"
        reminds = entry["purpose"] == REMINDER if is_mail else str(entry["text"]).startswith(self._openings)
        return Caught(entry["to"], "email" if is_mail else "sms", reminds, links[0] if links else "")


def reminder_openings(programme: Programme) -> tuple[str, ...]:
    """How an SMS that reminds of a session begins, in each language: an SMS has no subject to know it by."""
    texts = own_texts(REMINDER) | (programme.definition.get("texts") or {}).get(REMINDER, {})
    short_forms = (text.get("sms") or text["subject"] for text in texts.values())
    return tuple(opening for opening in (form.partition("{")[0] for form in short_forms) if opening)
