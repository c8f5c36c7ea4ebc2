"""A body as gunicorn hands it over when the connection breaks off in the middle: it ends, and says that it is over."""

from collections.abc import Iterable
from typing import Any

from gunicorn.http.body import Body, LengthReader
from gunicorn.http.unreader import IterUnreader


def broken_off(arrived: Iterable[bytes], announced: int) -> dict[str, Any]:
    """What a test client's request is sent with: `environ_overrides=broken_off([b"…"], 1_000)`."""
    stream = Body(LengthReader(IterUnreader(arrived), announced))
    return {"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": str(announced)}
