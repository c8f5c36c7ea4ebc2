"""A connection that tests can cut or freeze: what lies between a process and a server."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Wire:
    """Passes TCP on to a server. `cut` refuses and breaks every connection; `frozen` ones are taken, and nothing comes."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._open: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._listener = self._listen(0)
        self._port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self.thaw()

    @property
    def url(self) -> str:
        """The server's address, by way of this wire."""
        account = self._parts.netloc.rpartition("@")[0]
        return urlunsplit(self._parts._replace(netloc=f"{account}@127.0.0.1:{self._port}"))

    def cut(self) -> None:
        """As when the server has died: what was open breaks, what is new is refused."""
        self._shut(self._listener)
        for end in list(self._open):
            self._shut(end)

    def mend(self) -> None:
        """Undo `cut`."""
        self._listener = self._listen(self._port)

    def freeze(self) -> None:
        """As when the server is stopped, or its machine gone without a word: nothing passes, nothing breaks."""
        self._flows.clear()

    def thaw(self) -> None:
        """Undo `freeze`; what was held up passes now."""
        self._flows.set()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        _in_background(lambda: self._accept(listener))
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                self._flows.wait()
                far = socket.create_connection((self._parts.hostname or "localhost", self._parts.port or 5432))
            except OSError:
                return
            self._open |= {near, far}
            _in_background(lambda near=near, far=far: self._pass_on(near, far))
            _in_background(lambda near=near, far=far: self._pass_on(far, near))

    def _pass_on(self, from_: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while read := from_.recv(65536):
                self._flows.wait()
                to.sendall(read)
        self._shut(from_)
        self._shut(to)

    def _shut(self, end: socket.socket) -> None:
        self._open.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
