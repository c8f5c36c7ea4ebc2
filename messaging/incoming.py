"""What a stranger may put around a message must not break the reader of the queue: a channel that leaves it alone.

py-amqp helps along with what it finds in the properties: it decodes the body as `content_encoding` says, and raises out of
the connection at a header it cannot read, so that the message comes again for ever. Here the body stays the bytes that came,
properties that cannot be read count as none, and without headers none is read: nobody asks for the others.
"""

from typing import Any

from amqp import serialization
from amqp.spec import Basic

READ_AHEAD_BYTES = 16_384
"""Some twenty events; what is left of it after each piece is copied."""

HEADERS_SET = 0x20
"""In the first byte of the flags (AMQP 0-9-1, 4.2.6.1): a table of headers is among the properties."""


def _readable_properties(buffer: Any, offset: int) -> tuple[dict[str, Any], int]:
    if not buffer[offset] & HEADERS_SET:
        return {}, len(buffer)
    try:
        properties, offset = serialization.decode_properties_basic(buffer, offset)
    except Exception:  # noqa: BLE001 - whatever a stranger's headers make the library raise
        return {}, len(buffer)
    return properties, offset


serialization.PROPERTY_CLASSES[Basic.CLASS_ID] = _readable_properties


def plain_channel(connection: Any) -> Any:
    """A channel of a kombu connection on which messages arrive as they were sent."""
    channel = connection.channel()
    channel.auto_decode = False
    return channel


def read_ahead(transport: Any) -> None:
    """Have py-amqp ask the socket for what is there: by itself it asks for each piece of a frame, nine times for a message.

    What it is given beyond the piece it wanted it keeps in its own buffer, and looks there first.
    """
    receive = transport._quick_recv  # noqa: SLF001 - there is no setting for it
    transport._quick_recv = lambda wanted: receive(max(wanted, READ_AHEAD_BYTES))  # noqa: SLF001
