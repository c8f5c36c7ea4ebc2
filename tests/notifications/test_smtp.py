"""Handing a mail over: to servers that take commands together (RFC 2920), and to those that want one after the other."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiosmtpd.smtp import SMTP

from operations.catcher.mail_server import Catching
from operations.catcher.store import CaughtStore
from services.notifications.channels.errors import AddressRefusedError, DeferredError
from services.notifications.channels.smtp import SmtpMailer
from services.notifications.settings import SmtpServer

HEADERS = b"Subject: hej\r\nMessage-ID: <1@example.org>\r\n\r\n"


class Slowly(Catching):
    """The catcher as a server that has never heard of pipelining."""

    handle_EHLO = None  # noqa: N815


class Listening(SMTP):
    """Notes what arrives at once."""

    heard: list[bytes]

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)
        super().data_received(data)


class Server:
    """A running server: what it heard, what it keeps, and a mailer that leads to it."""

    def __init__(self, store: CaughtStore, handler: Catching) -> None:
        self.store, self.heard = store, []
        self.is_slow = isinstance(handler, Slowly)
        self._handler, self._loop = handler, asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(5)
        port = self._server.sockets[0].getsockname()[1]
        self.mailer = SmtpMailer(SmtpServer.from_url(f"smtp://127.0.0.1:{port}"), 5)

    async def _serve(self) -> asyncio.Server:
        def protocol() -> SMTP:
            made = Listening(self._handler, hostname="test", loop=self._loop)
            made.heard = self.heard
            return made

        return await self._loop.create_server(protocol, "127.0.0.1", 0)

    def send(self, body: bytes, to: str = "b@example.org") -> None:
        self.mailer.send("a@example.org", to, HEADERS + body)

    def kept(self) -> list[bytes]:
        return [self.store.content(entry) for entry in reversed(list(self.store.newest()))]

    def stop(self) -> None:
        self.mailer.close()
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.store.close()


@pytest.fixture(params=[Catching, Slowly])
def server(request, tmp_path) -> Iterator[Server]:
    store = CaughtStore(tmp_path / "caught")
    server = Server(store, request.param(store))
    yield server
    server.stop()


def test_a_mail_arrives_as_it_was_given(server):
    server.send(b".\r\n..two\r\nthe end")
    server.send(b"another\r\n")

    assert server.kept() == [HEADERS + b".\r\n..two\r\nthe end\r\n", HEADERS + b"another\r\n"]


@pytest.mark.parametrize(
    ("to", "error", "reason"),
    [
        ("refused.b@example.org", AddressRefusedError, "mail_recipient_550"),
        ("later.b@example.org", DeferredError, "mail_recipient_451"),
        ("b@example.org>\r\nRCPT TO:<c@example.org", AddressRefusedError, "mail_address_not_sendable"),
        ("bæ@example.org", AddressRefusedError, "mail_address_not_sendable"),
    ],
)
def test_a_refusal_is_told_and_leaves_the_connection_of_use(server, to, error, reason):
    with pytest.raises(error, match=reason):
        server.send(b"nobody reads this\r\n", to)
    server.send(b"the next one\r\n")

    assert server.kept() == [HEADERS + b"the next one\r\n"]


def test_commands_go_together_where_the_server_says_so(server):
    server.send(b"first\r\n")
    server.heard.clear()

    server.send(b"second\r\n")

    pieces = [piece.split()[0].decode().upper() for piece in server.heard]
    assert pieces == (["MAIL", "RCPT", "DATA", "SUBJECT:"] if server.is_slow else ["MAIL", "SUBJECT:"])
