"""The events that are measured with: real ones of the catalogue, about 600 bytes each on the wire."""

from datetime import UTC, datetime

import psycopg

from frist_contracts import CaseRegistered, Lane, encode, routing_key, with_position
from messaging.database import Database
from messaging.identifiers import new_id
from messaging.publisher import Outgoing
from messaging.topology import EVENTS_EXCHANGE
from messaging.unit_of_work import UnitOfWork

STORED = 500

_AT = datetime(2013, 10, 1, 8, tzinfo=UTC)


def an_event() -> CaseRegistered:
    """A registration of a case that nobody has heard of before."""
    return CaseRegistered(
        municipality="dk-0101",
        sequence=1,
        case_id=new_id(),
        programme_id="dk-digital-post-2013",
        state="registered",
        organisation_id="25313763",
        kind="association",
        help_forms=["desk", "course"],
        registered_by="organisation",
    )


def a_message(position: int) -> Outgoing:
    """The event as the relay would put it on the wire."""
    event, event_id = an_event(), new_id()
    body = encode(event, event_id=event_id, time=_AT, lane=Lane.BULK, correlation_id=event_id)
    return Outgoing(position, EVENTS_EXCHANGE, routing_key(event, Lane.BULK), event_id, with_position(body, position))


def stored_rows(url: str) -> None:
    """Have a table `stored` with rows that a real outbox wrote: the pattern that backlogs are made from."""
    database = Database("registration", url, UnitOfWork)
    with database.begin() as uow:
        for _ in range(STORED):
            uow.outbox.add(an_event(), Lane.BULK)
    database.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE stored AS SELECT * FROM outbox")
