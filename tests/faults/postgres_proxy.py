"""A proxy before PostgreSQL that reads the client's side of the protocol, to lose the answer to what really happened.

A COMMIT goes through, the server carries it out and says so; the connection is reset before the client hears of it.
Messages and their formats: PostgreSQL's documentation, "Frontend/Backend Protocol".
"""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass, field

from tests.faults.proxy import CHUNK, Proxy

PROTOCOL_3 = 3 << 16
QUERY, PARSE, BIND = b"Q", b"P", b"B"


@dataclass
class _Client:
    """What is known of one client: its unread bytes, its prepared statements, and what its transaction has said so far."""

    unread: bytes = b""
    is_started: bool = False
    prepared: dict[bytes, bytes] = field(default_factory=dict)
    said: list[bytes] = field(default_factory=list)

    def read(self, chunk: bytes) -> list[tuple[bytes, bytes]]:
        """The messages that are complete now: kind and payload. What comes before the start has no kind."""
        self.unread += chunk
        messages = []
        while message := self._next():
            messages.append(message)
        return messages

    def _next(self) -> tuple[bytes, bytes] | None:
        kind = self.unread[:1] if self.is_started else b""
        head = len(kind)
        if len(self.unread) < head + 4:
            return None
        (length,) = struct.unpack_from("!i", self.unread, head)
        if len(self.unread) < head + length:
            return None
        payload, self.unread = self.unread[head + 4 : head + length], self.unread[head + length :]
        if not self.is_started:  # else it asks for encryption, which is declined, and starts again
            self.is_started = struct.unpack_from("!i", payload)[0] >> 16 == PROTOCOL_3 >> 16
        return kind, payload

    def statement(self, kind: bytes, payload: bytes) -> bytes:
        """The SQL that a message has the server run; empty when it runs none."""
        if kind == QUERY:
            return payload.rstrip(b"\0")
        if kind == PARSE:
            name, sql, _ = payload.split(b"\0", 2)
            self.prepared[name] = sql
        elif kind == BIND:
            _portal, name, _ = payload.split(b"\0", 2)
            return self.prepared.get(name, b"")
        return b""


class AnswerLosingProxy(Proxy):
    """Loses one answer when told to; `lost` counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0
        self._statement: bytes | None = None
        self._at_commit = True

    def lose(self, statement: str, *, at_commit: bool = True) -> None:
        """Lose the answer to the next COMMIT of a transaction that ran such a statement, or to the statement itself."""
        self._statement, self._at_commit = statement.encode(), at_commit

    async def _between(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        is_losing = asyncio.Event()
        ways = [
            asyncio.ensure_future(self._forth(client, to_server, is_losing)),
            asyncio.ensure_future(self._back(server, to_client, is_losing)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()

    async def _forth(
        self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter, is_losing: asyncio.Event
    ) -> None:
        state = _Client()
        with suppress(OSError):
            while chunk := await client.read(CHUNK):
                if [message for message in state.read(chunk) if self._is_to_be_lost(state, *message)]:
                    is_losing.set()
                to_server.write(chunk)
                await to_server.drain()

    async def _back(
        self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter, is_losing: asyncio.Event
    ) -> None:
        """Carry what the server says, until an answer is to be lost: that one is awaited, and then all is over."""
        with suppress(OSError):
            while chunk := await server.read(CHUNK):
                if not is_losing.is_set():
                    to_client.write(chunk)
                    await to_client.drain()
                elif is_ready_for_query(chunk):
                    self.lost += 1
                    return

    def _is_to_be_lost(self, state: _Client, kind: bytes, payload: bytes) -> bool:
        sql = state.statement(kind, payload)
        if not sql:
            return False
        state.said.append(sql)
        commits = sql == b"COMMIT" or not state.said[0].startswith(b"BEGIN")  # a statement of its own is a transaction
        awaited, ends = self._statement, commits or sql == b"ROLLBACK"
        is_lost = awaited is not None and (
            (commits and any(awaited in said for said in state.said)) if self._at_commit else awaited in sql
        )
        if ends:
            state.said.clear()
        if is_lost:
            self._statement = None
        return is_lost


def is_ready_for_query(answer: bytes) -> bool:
    """Whether the server has done what it was asked: its last message says so."""
    return answer[-6:-5] == b"Z"
