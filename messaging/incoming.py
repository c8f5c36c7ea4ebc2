"""What a stranger may put around a message must not break the reader of the queue: a channel that leaves it alone.

The AMQP libraries help along with what they find in the properties: they decode the body as `content_encoding` says, unpack
it as a `compression` header says, and raise out of the connection at a header they cannot read, so that the message comes
again for ever. Here the body stays the bytes that came, and properties that cannot be read count as none.
"""

from typing import Any

from amqp import serialization
from amqp.spec import Basic
from kombu.transport import pyamqp


def _readable_properties(buffer: Any, offset: int) -> tuple[dict[str, Any], int]:
    try:
        properties, offset = serialization.decode_properties_basic(buffer, offset)
    except Exception:  # noqa: BLE001 - whatever a stranger's headers make the library raise
        return {}, len(buffer)
    return properties, offset


serialization.PROPERTY_CLASSES[Basic.CLASS_ID] = _readable_properties


class PlainMessage(pyamqp.Message):
    """A message whose body is what came."""

    def __init__(self, msg: Any, channel: Any = None, **options: Any) -> None:
        msg.properties.get("application_headers", {}).pop("compression", None)
        super().__init__(msg, channel, **options)  # type: ignore[no-untyped-call]


def plain_channel(connection: Any) -> Any:
    """A channel of a kombu connection on which messages arrive as they were sent."""
    channel = connection.channel()
    channel.auto_decode = False
    channel.Message = PlainMessage
    return channel
