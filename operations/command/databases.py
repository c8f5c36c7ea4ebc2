"""Opens the services' databases for the commands that look into them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, pool
from sqlalchemy.exc import DBAPIError

from messaging.database import CONNECTION, is_away
from messaging.settings import sqlalchemy_url
from operations.connection import Platform
from operations.errors import OperationsError
from operations.services import SERVICES


class ServiceUnknownError(OperationsError):
    """There is no such service."""


def checked_service(service: str) -> str:
    """The service's name; raises ServiceUnknownError with the names there are."""
    if service not in SERVICES:
        raise ServiceUnknownError(f"There is no service {service!r}: say one of {', '.join(SERVICES)}.")
    return service


@contextmanager
def database_of(platform: Platform, service: str) -> Iterator[Connection]:
    """One transaction on a service's database, committed at the end."""
    url = sqlalchemy_url(platform.database_url(checked_service(service)))
    with (
        answered_by_database(service),
        create_engine(url, poolclass=pool.NullPool, connect_args=CONNECTION).begin() as connection,
    ):
        yield connection


@contextmanager
def answered_by_database(service: str) -> Iterator[None]:
    """Raises OperationsError, which names the service and no password, when its database does not answer."""
    try:
        yield
    except DBAPIError as error:
        if not is_away(error):
            raise
        raise OperationsError(
            f"The database of {service} does not answer: {error.orig}. Is the platform running? `frist up` starts one."
        ) from error
