"""Databases for tests: each test gets one of its own, empty or filled as its part wants it, in a moment.

A service's migrations run once; other databases are copies of the first. A copy that a test is done with is put back as it
was for the next test, which takes a tenth of the time of making another.
"""

import importlib
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from messaging.database import Database
from messaging.migrate import upgrade

_TABLES = """
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""
_ALONE = """
    LOOP
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
        EXIT WHEN NOT FOUND;
        PERFORM pg_sleep(0.001), pg_stat_clear_snapshot();
    END LOOP;
"""
"""What was killed may have a statement under way yet."""
_REMEMBER = f"""
    CREATE SCHEMA as_made;
    DO $make$ DECLARE found record; is_filled boolean; again text := ''; BEGIN
        FOR found IN {_TABLES} LOOP
            EXECUTE format('CREATE TABLE as_made.%1$I AS TABLE public.%1$I', found.name);
            EXECUTE format('SELECT EXISTS (SELECT FROM as_made.%I)', found.name) INTO is_filled;
            again := again || format('DELETE FROM public.%I;', found.name);
            IF is_filled THEN
                again := again || format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE as_made.%1$I;', found.name);
            END IF;
        END LOOP;
        FOR found IN SELECT format('public.%I', sequencename) AS name, last_value FROM pg_sequences WHERE schemaname = 'public' LOOP
            again := again || format('PERFORM setval(%L, %s, %L);', found.name, coalesce(found.last_value, 1), found.last_value IS NOT NULL);
        END LOOP;
        EXECUTE format('CREATE PROCEDURE as_made.restore() LANGUAGE plpgsql AS %L', $alone$BEGIN {_ALONE}$alone$ || again || 'END');
    END $make$;
"""
"""Leaves a procedure that puts everything back, whose plans are kept from one time to the next."""
_READY = """
    SET statement_timeout = '5s';
    SET lock_timeout = '2s';
    SET session_replication_role = replica;  -- in any order, whatever refers to what
"""


class Databases:
    """Makes databases on one server."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url
        self._templates: dict[str, str] = {}
        self._free: defaultdict[str, list[str]] = defaultdict(list)
        self._kinds: dict[str, str] = {}
        self._restorers: dict[str, psycopg.Connection[Any]] = {}

    def lend(self, kind: str, make: Callable[[str], None]) -> str:
        """The URL of a database of a kind: as `make` leaves the new one whose URL it is given, once for all of the kind."""
        if self._free[kind]:
            return self._free[kind].pop()
        if kind not in self._templates:
            first = self.empty()
            make(first)
            with psycopg.connect(first) as connection:
                connection.execute(_REMEMBER)
            self._templates[kind] = _name(first)
        url = self.empty(self._templates[kind])
        self._kinds[_name(url)] = kind
        return url

    def take_back(self, database: Database[Any]) -> None:
        """Put a database that was lent back as it was made, for the next test; drop it where that cannot be done."""
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        database.dispose()
        try:
            self._restorer(url).execute("CALL as_made.restore()")
            self._free[self._kinds[_name(url)]].append(url)
        except psycopg.Error:
            self.drop(url)

    def of_service(self, service: str, clock: str = "driven") -> Database[Any]:
        """A database with the tables of a service and nothing in them, opened as the service opens it."""
        storage = importlib.import_module(f"services.{service}.storage.unit_of_work")
        unit_of_work = getattr(storage, f"{service.capitalize()}UnitOfWork")
        url = self.lend(service, lambda new: upgrade(new, package=f"services.{service}"))
        return Database(service, url, unit_of_work, clock)

    def empty(self, template: str = "template0") -> str:
        """The URL of a new database, with what `template` holds."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self._url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        if url in self._restorers:
            self._restorers.pop(url).close()
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _name(url))

    def close(self) -> None:
        """Give up what was kept open; the databases go with their server."""
        while self._restorers:
            self._restorers.popitem()[1].close()

    def _restorer(self, url: str) -> psycopg.Connection[Any]:
        """One connection for all the times that a database is put back: what a new one learns first takes longer than the work."""
        if url not in self._restorers:
            self._restorers[url] = psycopg.connect(url, autocommit=True)
            self._restorers[url].execute(_READY)
        return self._restorers[url]

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")
