"""Files that people send are UTF-8; what is not is refused, for no guess would spell names right."""

from messaging.refusals import Refusal


class NotUtf8(Refusal):
    """A file that is not UTF-8; nothing of it was taken."""

    slug = "not_utf8"
    status = 422

    def __init__(self, body: bytes, at: int) -> None:
        self.line = body.count(b"\n", 0, at) + 1
        self.remedy = f"byte {at + 1} (0x{body[at]:02X}) is not UTF-8; save the file as UTF-8"
        super().__init__(f"line {self.line}: {self.remedy} and send it again.", field="file", line=self.line)


def read_utf8(body: bytes) -> str:
    """The text of a file, without the mark that some editors put first; raises `NotUtf8`."""
    try:
        return body.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise NotUtf8(body, error.start) from None
