"""Databases for tests: each test gets an empty, migrated one of its own, in a moment.

A service's migrations run once; other databases are copies of the first. A copy that a test is done with is emptied for
the next test, which takes a tenth of the time of making another.
"""

import importlib
import uuid
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from messaging.database import Database
from messaging.migrate import upgrade

EMPTY = """
    SET lock_timeout = '2s';
    SET session_replication_role = replica;  -- in any order, whatever refers to what
    DO $$ DECLARE found record; BEGIN
        FOR found IN SELECT oid::regclass AS name, relkind FROM pg_class
                     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'alembic_version'
        LOOP
            IF found.relkind = 'r' THEN EXECUTE format('DELETE FROM %s', found.name);
            ELSE PERFORM setval(found.name, 1, false); END IF;
        END LOOP;
    END $$;
"""


class Databases:
    """Makes databases on one server."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._templates: dict[str, str] = {}
        self._free: defaultdict[str, list[str]] = defaultdict(list)

    def empty(self, template: str = "template0") -> str:
        """The URL of a new database, with what `template` holds."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self._url(name)

    def of_service(self, service: str, clock: str = "driven") -> Database[Any]:
        """A database with the tables of a service and nothing in them, opened as the service opens it."""
        storage = importlib.import_module(f"services.{service}.storage.unit_of_work")
        unit_of_work = getattr(storage, f"{service.capitalize()}UnitOfWork")
        free = self._free[service]
        return Database(service, free.pop() if free else self._copy(service), unit_of_work, clock)

    def take_back(self, database: Database[Any]) -> None:
        """Empty a service's database for the next test; one that something still holds on to is dropped."""
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        database.dispose()
        try:
            with psycopg.connect(url) as connection:
                connection.execute(EMPTY)
            self._free[database.service].append(url)
        except psycopg.Error:
            self.drop(url)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", urlsplit(url).path.lstrip("/"))

    def _copy(self, service: str) -> str:
        if service not in self._templates:
            url = self.empty()
            upgrade(url, package=f"services.{service}")
            self._templates[service] = urlsplit(url).path.lstrip("/")
        return self.empty(self._templates[service])

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
