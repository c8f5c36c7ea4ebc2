"""The services' databases, as who reads all of them asks them: with statements in words, each a transaction by itself."""

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg

PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan"
"""For connections that ask the same few questions over and over."""


class Databases:
    """A connection to each service's database, made when it is first asked; not for use by two threads at once."""

    def __init__(self, urls: Mapping[str, str], options: str = "") -> None:
        self._urls = {service: url.replace("postgresql+psycopg://", "postgresql://") for service, url in urls.items()}
        self._options = options
        self._connections: dict[str, psycopg.Connection[tuple[Any, ...]]] = {}

    def rows(self, service: str, query: LiteralString, values: Any = None) -> list[tuple[Any, ...]]:
        """What a service's database answers; empty for a statement without an answer."""
        cursor = self._connection(service).execute(query, values)
        return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Let go of the databases."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _connection(self, service: str) -> psycopg.Connection[tuple[Any, ...]]:
        if service not in self._connections:
            self._connections[service] = psycopg.connect(self._urls[service], autocommit=True, options=self._options)
        return self._connections[service]
