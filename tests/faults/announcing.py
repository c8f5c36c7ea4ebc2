"""What stands for a request: a unit of work that says one thing; `python -m tests.faults.announcing SERVICE`."""

import sys

from messaging.database import Database
from messaging.settings import database_url
from messaging.unit_of_work import UnitOfWork
from tests.messaging.conftest import an_answer


def announce(service: str) -> None:
    """Tell of one answer and commit."""
    with Database(service, database_url(service), UnitOfWork).begin() as uow:
        uow.outbox.add(an_answer())


if __name__ == "__main__":
    announce(sys.argv[1])
