"""A body that breaks off before its end is refused; a server may give it out as if it ended there.

gunicorn says of every body that it sees to its end, and where the client is gone early it only reads nothing more. So what
arrived is held against the length that the client told: half a file, form or programme is never taken for a whole one.
"""

import sys
from functools import cached_property
from typing import IO, cast

from flask import Request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import LimitedStream, get_input_stream

from messaging.refusals import Refusal


class BodyBrokeOff(Refusal):
    """What you sent broke off before its end; send it again."""

    status = 400


class WholeBodyRequest(Request):
    """A request whose body, however it is read, is whole or raises `BodyBrokeOff`."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; of one in chunks, which tells no length, the server knows the end."""
        read = get_input_stream(self.environ, max_content_length=self.max_content_length)
        if self.content_length is None:
            return cast("IO[bytes]", _Whole(read, self.max_content_length or sys.maxsize, is_max=True))
        return cast("IO[bytes]", _Whole(read, self.content_length))


class _Whole(LimitedStream):
    def readinto(self, b: bytearray) -> int | None:  # type: ignore[override]
        try:
            return super().readinto(b)
        except ClientDisconnected:
            raise BodyBrokeOff from None
