"""What every peer does with a message: check it, one inbox row and one row of effect in one transaction.

Less than the platform does: no event follows, nothing is audited, and the inbox has one index.
"""

import re
import sys
import threading
import time
import uuid
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any, Literal

import psycopg2
from pydantic import BaseModel

from benchmarks.peers import settings

ADMIT = "INSERT INTO plain_inbox (event_id) VALUES (%s) ON CONFLICT DO NOTHING"
KEEP = """
    INSERT INTO waiting_list AS known (case_id, programme_id, municipality, state, sequence, learnt_at)
    VALUES (%s, %s, %s, %s, %s, clock_timestamp())
    ON CONFLICT (case_id) DO UPDATE SET state = excluded.state, sequence = excluded.sequence
    WHERE known.sequence < excluded.sequence
"""


class Registered(BaseModel):
    """The event's own part."""

    case_id: str
    programme_id: str
    state: str
    organisation_id: str
    kind: str
    help_forms: list[str]
    registered_by: str


class Message(BaseModel):
    """What is on the wire, checked by pydantic: the quickest way there is for these four."""

    specversion: Literal["1.0"]
    id: uuid.UUID
    source: str
    type: str
    subject: str
    time: str
    sequence: int
    position: int
    municipality: str
    lane: str
    private: bool
    correlationid: str
    data: Registered


@cache
def numbered(statement: str) -> str:
    """The same statement with `$1`, `$2` … for its values."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", statement)


def row_of(message: Message) -> tuple[Any, ...]:
    """The values of the row of effect."""
    data = message.data
    return data.case_id, data.programme_id, message.municipality, data.state, message.sequence


def apply(message: Message, connection: Any) -> None:
    """The inbox row and the effect, once."""
    with connection, connection.cursor() as cursor:
        cursor.execute(ADMIT, [str(message.id)])
        if cursor.rowcount == 1:
            cursor.execute(KEEP, row_of(message))


_own = threading.local()


def connection_of_thread() -> Any:
    """One connection for each thread, kept open; psycopg2 is quicker at single rows than its successor."""
    if not hasattr(_own, "connection"):
        _own.connection = psycopg2.connect(settings.DATABASE_URL)
    return _own.connection


def a_message(position: int) -> dict[str, Any]:
    """An event of about 600 bytes, the same as the platform is measured with."""
    event_id = str(uuid.uuid4())
    case_id = str(uuid.uuid4())
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/registration",
        "type": "registration.case_registered.v1",
        "subject": case_id,
        "time": "2013-10-01T08:00:00+00:00",
        "datacontenttype": "application/json",
        "sequence": 1,
        "municipality": "dk-0101",
        "lane": "bulk",
        "private": False,
        "correlationid": event_id,
        "data": {
            "case_id": case_id,
            "programme_id": "dk-digital-post-2013",
            "state": "registered",
            "organisation_id": "25313763",
            "kind": "association",
            "help_forms": ["desk", "course"],
            "registered_by": "organisation",
        },
        "position": position,
    }


def publish_all(publish: Callable[[dict[str, Any]], object]) -> None:
    """Publish as many as the command line says, and print how many a second; a tenth of them first, not counted."""
    events = int(sys.argv[2])
    messages = [a_message(position) for position in range(events + events // 10)]
    for message in messages[events:]:
        publish(message)
    began = time.perf_counter()
    for message in messages[:events]:
        publish(message)
    print(events / (time.perf_counter() - began), flush=True)
