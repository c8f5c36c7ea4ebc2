"""Hands mails to a mail server over one kept connection."""

import re
import smtplib
import ssl
import time
from contextlib import suppress
from typing import Protocol

from services.notifications.channels.errors import AddressRefusedError, DeliveryError, OutletDownError
from services.notifications.channels.smtp_answers import CONTENT, RECIPIENT, judged
from services.notifications.settings import SmtpServer

_IDLE_SECONDS = 30
_CLOSING = 421
_OK = range(200, 300)
_GO_AHEAD = 354
_LINE_OF_DOT = re.compile(rb"^\.", re.MULTILINE)


class Mailer(Protocol):
    """Whatever takes mails."""

    def send(self, sender: str, recipient: str, mail: bytes) -> None:
        """Hand one mail over, or raise a `DeliveryError`."""


class SmtpMailer:
    """One connection to one server, opened when needed and kept for the next mails. Not shared between senders."""

    def __init__(self, server: SmtpServer, timeout_seconds: float) -> None:
        self._server = server
        self._timeout = timeout_seconds
        self._connection: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(self, sender: str, recipient: str, mail: bytes) -> None:
        """Hand one mail over. A connection the server closed meanwhile is opened again, once."""
        kept = self._is_open()
        try:
            self._send(sender, recipient, mail)
        except OutletDownError:
            if not kept:
                raise
            self._send(sender, recipient, mail)

    def close(self) -> None:
        """Take leave of the server."""
        connection, self._connection = self._connection, None
        if connection:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _is_open(self) -> bool:
        if self._connection and time.monotonic() - self._used_at > _IDLE_SECONDS:
            self.close()
        return self._connection is not None

    def _send(self, sender: str, recipient: str, mail: bytes) -> None:
        try:
            connection = self._connection = self._connection or self._open()
            hand_over(connection, sender, recipient, mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code, answer = next(iter(refused.recipients.values()))
            raise self._judged(RECIPIENT, code, answer) from refused
        except smtplib.SMTPDataError as refused:
            raise self._judged(CONTENT, refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPException, OSError, UnicodeEncodeError) as error:
            was_open = self._connection is not None  # otherwise it is the way in that cannot be used, by nobody
            self._drop()
            if was_open and isinstance(error, UnicodeEncodeError | smtplib.SMTPNotSupportedError):
                raise AddressRefusedError("mail_address_not_sendable") from error
            raise OutletDownError("mail_server_away") from error
        self._used_at = time.monotonic()

    def _judged(self, stage: str, code: int, answer: bytes | str) -> DeliveryError:
        if code == _CLOSING:
            self._drop()
            return OutletDownError("mail_server_closing")
        return judged(stage, code, answer if isinstance(answer, bytes) else answer.encode())

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        if server.tls == "starttls":
            connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password or "")
        return connection


def hand_over(connection: smtplib.SMTP, sender: str, recipient: str, mail: bytes) -> None:
    """`smtplib.SMTP.sendmail` for one recipient; where the server can take its three commands in one piece (RFC 2920), each
    mail waits for two answers from the other end of the line instead of four. Raises what `sendmail` raises, and
    AddressRefusedError for an address with a line break in it.
    """
    from_sender, to_recipient = f"MAIL FROM:{_in_brackets(sender)}", f"RCPT TO:{_in_brackets(recipient)}"
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("pipelining"):
        connection.sendmail(sender, [recipient], mail)
        return
    if connection.has_extn("size"):
        from_sender += f" SIZE={len(mail)}"
    connection.send(f"{from_sender}\r\n{to_recipient}\r\nDATA\r\n".encode("ascii"))
    of_sender, of_recipient, of_data = (connection.getreply() for _ in range(3))
    is_taken = of_sender[0] in _OK and of_recipient[0] in _OK
    if of_data[0] == _GO_AHEAD:
        connection.send((_dotted(mail) if is_taken else b"") + b".\r\n")  # nothing, to a server that goes on regardless
        of_data = connection.getreply()
    if is_taken and of_data[0] in _OK:
        return
    with suppress(smtplib.SMTPServerDisconnected):
        connection.rset()
    if of_sender[0] not in _OK:
        raise smtplib.SMTPSenderRefused(*of_sender, sender)
    if of_recipient[0] not in _OK:
        raise smtplib.SMTPRecipientsRefused({recipient: of_recipient})
    raise smtplib.SMTPDataError(*of_data)


def _in_brackets(address: str) -> str:
    if "\r" in address or "\n" in address:
        raise AddressRefusedError("mail_address_not_sendable")  # a line break would begin a command
    return smtplib.quoteaddr(address)


def _dotted(mail: bytes) -> bytes:
    """With a dot before each line that begins with one (RFC 5321, 4.5.2), ending with a line break."""
    doubled = _LINE_OF_DOT.sub(b"..", mail)
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"
