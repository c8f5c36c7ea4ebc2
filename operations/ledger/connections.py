"""The services' databases, as who reads all of them asks them: with statements in words, each a transaction by itself."""

import select
from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

import psycopg

from messaging.database import CONNECTION
from operations.errors import OperationsError


class Connections:
    """One to each service's database, made when it is first asked; not for use by two threads at once.

    `first` is what each says when it is made; with a `LISTEN` in it one can `wait` for who calls.
    """

    def __init__(self, urls: Mapping[str, str], first: LiteralString | None = None) -> None:
        self._urls = {service: url.replace("postgresql+psycopg://", "postgresql://") for service, url in urls.items()}
        self._first = first
        self._connections: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}

    def rows(self, service: str, query: LiteralString, values: Any = None) -> list[tuple[Any, ...]]:
        """What a service's database answers; empty for a statement without an answer.

        Raises `OperationsError` naming the service whose database is away.
        """
        try:
            cursor = self._connection(service).execute(query, values)
            return cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError as error:
            raise OperationsError(f"The database of {service} does not answer: {error}") from error

    def wait(self, services: Iterable[str], seconds: float) -> None:
        """Return when one of these calls, and no later than after so many seconds."""
        select.select([self._connection(service) for service in services], [], [], seconds)

    def close(self) -> None:
        """Let go of the databases."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _connection(self, service: str) -> psycopg.Connection[tuple[Any, ...]]:
        if service not in self._connections:
            made = psycopg.connect(self._urls[service], autocommit=True, connect_timeout=CONNECTION["connect_timeout"])
            made.add_notify_handler(lambda _call: None)  # without one it would keep what it hears
            if self._first:
                made.execute(self._first)
            self._connections[service] = made
        return self._connections[service]
