"""Opens the services' databases for the commands that look into them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, pool
from sqlalchemy.exc import OperationalError

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
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as error:
        raise OperationsError(
            f"The database of {service} does not answer: {error.orig}. Is the platform running? `frist up` starts one."
        ) from error
