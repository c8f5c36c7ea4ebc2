"""A rule, where it is looked at, and what a breach of it looks like."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
EXAMPLES = 3


@dataclass(frozen=True)
class Breach:
    """A rule that does not hold: how often, with some examples."""

    rule: str
    count: int
    examples: list[Row]

    def __str__(self) -> str:
        shown = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in self.examples)
        return f"Broken in {self.count} places: {self.rule} For example: {shown}"


class Databases:
    """The four databases, opened to read."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._open: dict[str, psycopg.Connection[Row]] = {}

    def rows(self, service: str, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a query in one service's database."""
        if service not in self._open:
            connection = psycopg.connect(self._urls[service], autocommit=True, row_factory=dict_row)
            connection.read_only = True
            self._open[service] = connection
        return self._open[service].execute(query.encode(), parameters).fetchall()

    def close(self) -> None:
        """Close what was opened."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()


@dataclass(frozen=True)
class SqlRule:
    """A rule that one query in one database can tell the breaches of."""

    says: str
    service: str
    query: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def breaches(self, databases: Databases) -> list[Row]:
        """What breaks the rule."""
        return databases.rows(self.service, self.query, self.parameters)


@dataclass(frozen=True)
class AcrossRule:
    """A rule that holds between databases; `find` compares what it reads in each."""

    says: str
    find: Callable[[Databases], list[Row]]

    def breaches(self, databases: Databases) -> list[Row]:
        """What breaks the rule."""
        return self.find(databases)


Rule = SqlRule | AcrossRule


def breach_of(rule: Rule, databases: Databases) -> Breach | None:
    """The breach of a rule, or None when it holds."""
    found = rule.breaches(databases)
    return Breach(rule.says, len(found), found[:EXAMPLES]) if found else None
