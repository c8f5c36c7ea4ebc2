"""The SMTP side: takes every mail, but for addresses that ask to be refused."""

import asyncio
from typing import Any

from aiosmtpd.smtp import SMTP

from operations.catcher.store import CaughtStore

_ANSWERS = {"refused": "550 5.1.1 There is nobody of this name", "later": "451 4.7.1 Not now, please try again"}
_MOST_BYTES = 5_000_000


class Catching:
    """What aiosmtpd calls for each mail."""

    def __init__(self, store: CaughtStore) -> None:
        self._store = store

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say that commands may come together: they are read one after the other anyway."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Take the recipient, or refuse it if its first word says so."""
        answer = _ANSWERS.get(address.partition("@")[0].partition(".")[0].lower())
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail before saying that it was taken."""
        self._store.add_mail(list(envelope.rcpt_tos), envelope.content)
        return "250 OK"


async def serve_mail(store: CaughtStore, host: str, port: int) -> asyncio.Server:
    """Listen for mails."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(Catching(store), hostname="catcher", ident="Frist catcher", data_size_limit=_MOST_BYTES, loop=loop)

    return await loop.create_server(protocol, host, port)
