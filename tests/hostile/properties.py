"""AMQP properties as nobody's client library would write them: bytes of our own on the wire.

The broker reads the header table and refuses a broken one at the door; these are what it lets through.
"""

import struct
from typing import Any

import pika


class RawProperties(pika.BasicProperties):
    """Properties given as the bytes that are to travel: the flags of which are there, and their values."""

    def __init__(self, flags: int, values: bytes) -> None:
        super().__init__()
        self._raw = [struct.pack(">H", flags), values]

    def encode(self) -> Any:
        return self._raw


CONTENT_TYPE, CONTENT_ENCODING, HEADERS, CORRELATION, MESSAGE_ID, TIMESTAMP = 0x8000, 0x4000, 0x2000, 0x400, 0x80, 0x40
NOT_UTF8 = b"\xff\xfe\x80"


def short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def table(*entries: tuple[bytes, bytes]) -> bytes:
    packed = b"".join(short(name) + value for name, value in entries)
    return struct.pack(">I", len(packed)) + packed


def text(value: bytes) -> bytes:
    return b"S" + struct.pack(">I", len(value)) + value


def nested(depth: int) -> bytes:
    value = b"t\x01"
    for _ in range(depth):
        value = b"F" + table((b"a", value))
    return value


def _headers(*entries: tuple[bytes, bytes]) -> RawProperties:
    return RawProperties(HEADERS, table(*entries))


ODD_PROPERTIES: dict[str, pika.BasicProperties] = {
    "none at all": RawProperties(0, b""),
    "content type that is no UTF-8": RawProperties(CONTENT_TYPE, short(NOT_UTF8)),
    "content encoding that is no UTF-8": RawProperties(CONTENT_ENCODING, short(NOT_UTF8)),
    "content encoding utf-16": pika.BasicProperties(content_encoding="utf-16"),
    "content encoding utf-7": pika.BasicProperties(content_encoding="utf-7"),
    "content encoding that escapes": pika.BasicProperties(content_encoding="raw_unicode_escape"),
    "content encoding that takes for ever": pika.BasicProperties(content_encoding="punycode"),
    "correlation id that is no UTF-8": RawProperties(CORRELATION, short(NOT_UTF8)),
    "message id that is no UTF-8": RawProperties(MESSAGE_ID, short(NOT_UTF8)),
    "timestamp beyond the calendar": RawProperties(TIMESTAMP, struct.pack(">Q", 2**63 - 1)),
    "header timestamp beyond the calendar": _headers((b"at", b"T" + struct.pack(">Q", 2**62))),
    "header decimal": _headers((b"d", b"D\xff" + struct.pack(">i", -1))),
    "header bytes": _headers((b"x", b"x" + struct.pack(">I", 3) + NOT_UTF8)),
    "header void": _headers((b"v", b"V")),
    "header name that is no UTF-8": _headers((NOT_UTF8, text(NOT_UTF8))),
    "header not a number": _headers((b"f", b"d" + struct.pack(">d", float("nan")))),
    "header nested deep": _headers((b"deep", nested(1000))),
    "header huge": _headers((b"huge", text(b"x" * 100_000))),
    "headers many": _headers(*((b"n%d" % number, b"t\x01") for number in range(5_000))),
    "compression of what is not compressed": pika.BasicProperties(headers={"compression": "application/x-gzip"}),
    "compression that is no text": pika.BasicProperties(headers={"compression": ["zlib", 1]}),
    "retry that is text": pika.BasicProperties(headers={"x-frist-retry": "many"}),
    "retry that is a table": pika.BasicProperties(headers={"x-frist-retry": {"a": 1}}),
    "retry below nought": pika.BasicProperties(headers={"x-frist-retry": -1}),
    "retry far below nought": pika.BasicProperties(headers={"x-frist-retry": -100}),
    "retry and attempts beyond all counting": pika.BasicProperties(
        headers={"x-frist-retry": 1, "x-frist-attempts": 2**40}
    ),
    "retry that is true": pika.BasicProperties(headers={"x-frist-retry": True, "x-frist-attempts": True}),
    "delivery counts of its own": pika.BasicProperties(headers={"x-delivery-count": 2**40, "x-death": "me"}),
    "transient, urgent and short-lived": pika.BasicProperties(delivery_mode=1, priority=255, expiration="600000"),
}
