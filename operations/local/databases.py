"""One database and one user for each service on a PostgreSQL server, so that none can read another's tables."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql


def create_databases(admin_url: str, passwords: Mapping[str, str], prefix: str = "frist") -> dict[str, str]:
    """The URL of each service's own database; what is there is kept, its password made ours."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        return {
            service: _create(connection, admin_url, f"{prefix}_{service}", password)
            for service, password in passwords.items()
        }


def drop_databases(admin_url: str, services: Iterable[str], prefix: str) -> None:
    """Remove the databases of these services, whoever is still connected; their users stay."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for service in services:
            name = sql.Identifier(f"{prefix}_{service}")
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def spare_the_disk(admin_url: str, services: Iterable[str], prefix: str) -> None:
    """Let commits in these databases not wait for the disk: a crash of the machine may lose the last moment, nothing else."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for service in services:
            name = sql.Identifier(f"{prefix}_{service}")
            connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))


def _create(connection: "psycopg.Connection[tuple[object, ...]]", admin_url: str, name: str, password: str) -> str:
    identifier, literal = sql.Identifier(name), sql.Literal(password)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(identifier))
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(identifier, literal))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(identifier, identifier))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(identifier))
    parts = urlsplit(admin_url)
    address = f"{quote(name)}:{quote(password)}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=address, path=f"/{name}"))
