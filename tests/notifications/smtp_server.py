"""A real SMTP server in a thread, for tests that say how it behaves."""

import asyncio
import re
import threading
from typing import Any

from aiosmtpd.smtp import SMTP

from operations.catcher.mail_server import Catching
from services.notifications.channels.smtp import SmtpMailer
from services.notifications.settings import SmtpServer


class Saying(Catching):
    """The catcher as a server that refuses as the address's first word says: `554-5-7-1.b@…`, or the mail, `mail-554.b@…`."""

    async def handle_RCPT(self, *arguments: Any) -> str:  # noqa: N802
        return _said(arguments[-2]) or await super().handle_RCPT(*arguments)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        said = _said(envelope.rcpt_tos[0].removeprefix("mail-"))
        return said or await super().handle_DATA(server, session, envelope)


def _said(address: str) -> str | None:
    found = re.match(r"(5\d\d)(?:-(\d-\d-\d))?\.", address)
    return f"{found[1]} {(found[2] or 'No').replace('-', '.')} said the server" if found else None


class Listening(SMTP):
    """Notes what arrives at once."""

    heard: list[bytes]

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)
        super().data_received(data)


class Server:
    """Runs from here to `stop`; `heard` is what came, piece by piece, and `handler` what decides on it."""

    def __init__(self, handler: Any) -> None:
        self.handler = handler
        self.heard: list[bytes] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(5)
        self._url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self) -> asyncio.Server:
        def protocol() -> SMTP:
            made = Listening(self.handler, hostname="test", loop=self._loop)
            made.heard = self.heard
            return made

        return await self._loop.create_server(protocol, "127.0.0.1", 0)

    def mailer(self) -> SmtpMailer:
        """One that leads here."""
        return SmtpMailer(SmtpServer.from_url(self._url), 20)

    def stop(self) -> None:
        """End it; mailers are to be closed before."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
