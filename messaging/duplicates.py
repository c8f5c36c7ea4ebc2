"""Counts the deliveries that the inbox absorbed: a row for each producer and lane, never one for each duplicate."""

import json
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, text

from frist_contracts import Envelope

_COUNT = text("""
    INSERT INTO duplicates (producer, lane, absorbed)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS come (producer text, lane text, absorbed bigint)
    ON CONFLICT (producer, lane) DO UPDATE SET absorbed = duplicates.absorbed + excluded.absorbed
""")


def count_absorbed(connection: Connection, delivered: Sequence[Envelope], admitted: Sequence[Envelope]) -> None:
    """Add what was delivered and not admitted; the last thing in a batch's transaction, as others wait for the rows."""
    if len(delivered) == len(admitted):
        return
    absorbed = Counter((each.producer, each.lane.value) for each in delivered)
    absorbed.subtract((each.producer, each.lane.value) for each in admitted)
    in_one_order = sorted(absorbed.items())  # so that two batches never wait for one another in a circle
    rows = [
        {"producer": producer, "lane": lane, "absorbed": count} for (producer, lane), count in in_one_order if count
    ]
    connection.execute(_COUNT, {"rows": json.dumps(rows)})
