"""Handing a mail over: to servers that take commands together (RFC 2920), and to those that want one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from operations.catcher.store import CaughtStore
from services.notifications.channels.errors import (
    AddressRefusedError,
    DeferredError,
    MessageRefusedError,
    NotLetThroughError,
    OutletDownError,
)
from services.notifications.channels.smtp import SmtpMailer
from tests.notifications.smtp_server import Saying, Server

HEADERS = b"Subject: hej\r\nMessage-ID: <1@example.org>\r\n\r\n"


class Slowly(Saying):
    """One that has never heard of pipelining."""

    handle_EHLO = None  # noqa: N815


@dataclass
class Way:
    """A mailer, and where it leads."""

    server: Server
    mailer: SmtpMailer
    store: CaughtStore

    @property
    def is_slow(self) -> bool:
        return isinstance(self.server.handler, Slowly)

    def send(self, body: bytes, to: str = "b@example.org") -> None:
        self.mailer.send("a@example.org", to, HEADERS + body)

    def kept(self) -> list[bytes]:
        return [self.store.content(entry) for entry in reversed(list(self.store.newest()))]


@pytest.fixture(params=[Saying, Slowly])
def way(request, tmp_path) -> Iterator[Way]:
    store = CaughtStore(tmp_path / "caught")
    server = Server(request.param(store))
    way = Way(server, server.mailer(), store)
    yield way
    way.mailer.close()
    server.stop()
    store.close()


def test_a_mail_arrives_as_it_was_given(way):
    way.send(b".\r\n..two\r\nthe end")
    way.send(b"another\r\n")

    assert way.kept() == [HEADERS + b".\r\n..two\r\nthe end\r\n", HEADERS + b"another\r\n"]


@pytest.mark.parametrize(
    ("to", "error", "reason"),
    [
        ("refused.b@example.org", AddressRefusedError, "mail_recipient_550"),
        ("later.b@example.org", DeferredError, "mail_recipient_451"),
        ("b@example.org>\r\nRCPT TO:<c@example.org", AddressRefusedError, "mail_address_not_sendable"),
        ("bæ@example.org", AddressRefusedError, "mail_address_not_sendable"),
    ],
)
def test_a_refusal_is_told_and_leaves_the_connection_of_use(way, to, error, reason):
    with pytest.raises(error, match=reason):
        way.send(b"nobody reads this\r\n", to)
    way.send(b"the next one\r\n")

    assert way.kept() == [HEADERS + b"the next one\r\n"]


@pytest.mark.parametrize(
    ("answer", "of_recipient", "of_content"),
    [
        ("550-5-1-1", AddressRefusedError, AddressRefusedError),
        ("552-5-2-2", AddressRefusedError, AddressRefusedError),
        ("550-5-1-8", NotLetThroughError, NotLetThroughError),
        ("554-5-3-2", NotLetThroughError, NotLetThroughError),
        ("550-5-4-5", NotLetThroughError, NotLetThroughError),
        ("554-5-7-1", NotLetThroughError, MessageRefusedError),
        ("554-5-6-0", MessageRefusedError, MessageRefusedError),
        ("550-5-0-0", AddressRefusedError, MessageRefusedError),
        ("550", AddressRefusedError, MessageRefusedError),
        ("551", AddressRefusedError, MessageRefusedError),
        ("553", AddressRefusedError, MessageRefusedError),
        ("554", NotLetThroughError, MessageRefusedError),
        ("530-5-7-0", OutletDownError, OutletDownError),
        ("535", OutletDownError, OutletDownError),
    ],
)
def test_only_what_speaks_of_the_address_is_held_against_it(way, answer, of_recipient, of_content):
    with pytest.raises(of_recipient, match=f"mail_recipient_{answer[:3]}"):
        way.send(b"nobody reads this\r\n", f"{answer}.b@example.org")
    with pytest.raises(of_content, match=f"mail_content_{answer[:3]}"):
        way.send(b"nobody wants this\r\n", f"mail-{answer}.b@example.org")

    assert way.kept() == []


def test_a_server_without_the_encryption_asked_for_is_away_for_everybody(way):
    way.mailer._server = replace(way.mailer._server, tls="starttls")

    with pytest.raises(OutletDownError):
        way.send(b"nobody reads this\r\n")


def test_commands_go_together_where_the_server_says_so(way):
    way.send(b"first\r\n")
    way.server.heard.clear()

    way.send(b"second\r\n")

    pieces = [piece.split()[0].decode().upper() for piece in way.server.heard]
    assert pieces == (["MAIL", "RCPT", "DATA", "SUBJECT:"] if way.is_slow else ["MAIL", "SUBJECT:"])
