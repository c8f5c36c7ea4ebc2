"""Databases for tests: each test gets an empty, migrated one of its own, copied from a template in a moment."""

import importlib
import uuid
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from messaging.database import Database
from messaging.migrate import upgrade


class Databases:
    """Makes databases on one server, and drops what it made."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._templates: dict[str, str] = {}

    def empty(self, template: str = "template0") -> str:
        """The URL of a new database, with the tables of `template`."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    def of_service(self, service: str, clock: str = "driven") -> Database[Any]:
        """A new database with the tables of a service, opened as the service opens it."""
        if service not in self._templates:
            url = self.empty()
            upgrade(url, package=f"services.{service}")
            self._templates[service] = urlsplit(url).path.lstrip("/")
        unit_of_work = getattr(
            importlib.import_module(f"services.{service}.storage.unit_of_work"), f"{service.capitalize()}UnitOfWork"
        )
        return Database(service, self.empty(self._templates[service]), unit_of_work, clock)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", urlsplit(url).path.lstrip("/"))

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
