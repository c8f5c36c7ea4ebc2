"""Hands SMS to a gateway: HTTP POST of JSON, accepted is not delivered, reports come later to a callback."""

import hashlib
import hmac
import http.client
import json
from typing import Protocol
from urllib.parse import urlsplit

from services.notifications.channels.errors import (
    AddressRefusedError,
    DeliveryError,
    NotLetThroughError,
    OutletDownError,
)

_NOT_A_NUMBER = 422
_NOBODY_PASSES = frozenset({401, 402, 403, 404, 405, 429})
"""The token, the credit, the address or the pace is wrong: the next message would hear the same."""

_ACCEPTED = range(200, 300)


class Texter(Protocol):
    """Whatever takes SMS."""

    def send(self, phone: str, text: str, reference: str) -> None:
        """Hand one SMS over, or raise a `DeliveryError`."""


class SmsGateway:
    """One kept connection to one gateway. `reference` makes a repeated hand-over harmless."""

    def __init__(self, url: str, token: str, sender: str, callback_url: str, timeout_seconds: float) -> None:
        self._url = urlsplit(url)
        self._token = token
        self._sender = sender
        self._callback_url = callback_url
        self._timeout = timeout_seconds
        self._connection: http.client.HTTPConnection | None = None

    def send(self, phone: str, text: str, reference: str) -> None:
        """Hand one SMS over. A connection the gateway closed meanwhile is opened again, once."""
        body: dict[str, object] = {
            "sender": self._sender,
            "recipients": [phone],
            "text": text,
            "reference": reference,
            "callback_url": self._callback_url,
        }
        kept = self._connection is not None
        try:
            status = self._post(body, reference)
        except OutletDownError:
            if not kept:
                raise
            status = self._post(body, reference)
        if status not in _ACCEPTED:
            raise _judged(status)

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _post(self, body: dict[str, object], reference: str) -> int:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": reference,
        }
        try:
            connection = self._connection = self._connection or self._open()
            connection.request("POST", self._url.path or "/", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise OutletDownError("sms_gateway_away") from error
        return answer.status

    def _open(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        return kind(self._url.netloc, timeout=self._timeout)


def _judged(status: int) -> DeliveryError:
    if status == _NOT_A_NUMBER:
        return AddressRefusedError(f"sms_recipient_{status}")
    kind = OutletDownError if status in _NOBODY_PASSES else NotLetThroughError
    return kind(f"sms_gateway_{status}")


def signature(token: str, body: bytes) -> str:
    """How the gateway signs its delivery reports: `sha256=` and the HMAC of the body under the shared token."""
    return "sha256=" + hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
