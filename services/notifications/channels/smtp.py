"""Hands mails to a mail server over one kept connection."""

import smtplib
import ssl
import time
from typing import Protocol

from services.notifications.channels.errors import AddressRefusedError, DeferredError, OutletDownError
from services.notifications.settings import SmtpServer

_IDLE_SECONDS = 30
_CLOSING = 421
_PERMANENT = 500


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
            connection.sendmail(sender, [recipient], mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code, _ = next(iter(refused.recipients.values()))
            raise self._judged(code, "mail_recipient") from refused
        except smtplib.SMTPDataError as refused:
            raise self._judged(refused.smtp_code, "mail_content") from refused
        except (smtplib.SMTPException, OSError, UnicodeEncodeError) as error:
            self._drop()
            if isinstance(error, UnicodeEncodeError | smtplib.SMTPNotSupportedError):
                raise AddressRefusedError("mail_address_not_sendable") from error
            raise OutletDownError("mail_server_away") from error
        self._used_at = time.monotonic()

    def _judged(self, code: int, what: str) -> Exception:
        if code == _CLOSING:
            self._drop()
            return OutletDownError("mail_server_closing")
        kind = AddressRefusedError if code >= _PERMANENT else DeferredError
        return kind(f"{what}_{code}")

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
