"""A TCP proxy before a server: its address stays when the server comes back on another port, and it can cut connections."""

import asyncio
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit

CHUNK = 65_536


class Proxy:
    """Listens on a loopback port of its own, from `start` to `stop`, before the server of a URL."""

    def __init__(self) -> None:
        self.port = 0
        self._target: tuple[str, int] | None = None
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.WriteTransport] = set()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._listening.wait()
        return self

    def stop(self) -> None:
        """End every connection and listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def before(self, url: str) -> str:
        """Stand before the server of this URL from now on; the URL that leads through here."""
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 0)
        account = f"{credentials}@" if (credentials := parts.netloc.rpartition("@")[0]) else ""
        return urlunsplit(parts._replace(netloc=f"{account}127.0.0.1:{self.port}"))

    def cut(self) -> None:
        """Reset every connection there is; new ones are let through."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (self._abort_all(), done.set()))
        done.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        self._loop.run_forever()
        server.close()
        self._abort_all()
        if serving := asyncio.all_tasks(self._loop):  # each ends by itself now that its ends are gone
            self._loop.run_until_complete(asyncio.wait(serving, timeout=1))
        self._loop.close()

    def _abort_all(self) -> None:
        for transport in self._open:
            transport.abort()
        self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._target is None:
                raise ConnectionRefusedError
            behind, to_behind = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer.transport, to_behind.transport}
        self._open |= both
        try:
            await self._between(reader, writer, behind, to_behind)
        finally:
            for transport in both:
                transport.abort()
            self._open -= both

    async def _between(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        """Carry bytes both ways until either side ends."""
        ways = [asyncio.ensure_future(carry(client, to_server)), asyncio.ensure_future(carry(server, to_client))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()


async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Bytes from one side to the other until the first ends or the second is gone."""
    with suppress(OSError):
        while chunk := await source.read(CHUNK):
            sink.write(chunk)
            await sink.drain()
