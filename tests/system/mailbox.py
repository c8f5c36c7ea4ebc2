"""What reached an organisation's mailbox, read from the catcher's pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from icalendar import Calendar

from operations.rehearsal.http_client import HttpClient


@dataclass
class Mailbox:
    """One address at the catcher."""

    http: HttpClient
    address: str

    def mails(self) -> list[EmailMessage]:
        """Every mail that came to the address."""
        listing = self.http.call("GET", f"/?q={quote(self.address)}").body.decode()
        return [self._mail(number) for number in dict.fromkeys(re.findall(r"/messages/(\d+)", listing))]

    def calendars(self) -> list[Any]:
        """The calendar entries that came with them."""
        parts = (part for mail in self.mails() for part in mail.walk() if part.get_content_type() == "text/calendar")
        return [event for part in parts for event in Calendar.from_ical(part.get_content()).walk("VEVENT")]

    def link(self, path: str) -> str | None:
        """The path and token of the newest link that leads below `path`."""
        return next(self._links(path), None)

    def _links(self, path: str) -> Iterator[str]:
        for mail in self.mails():
            body = mail.get_body(("plain",))
            text = body.get_content() if body else ""
            yield from re.findall(rf"https?://[^/\s]+({re.escape(path)}/[\w-]+)", text)

    def _mail(self, number: str) -> EmailMessage:
        return message_from_bytes(self.http.call("GET", f"/messages/{number}/source").body, policy=policy.default)
