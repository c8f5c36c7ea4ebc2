"""The ceiling of consuming: the same service, whose kernel in this process asks no inbox. Never do this."""

from collections.abc import Sequence

from sqlalchemy import Connection

from benchmarks.subject.service import OneByOne as OneByOne  # noqa: PLC0414 - the process looks for it here
from benchmarks.subject.without import replace
from frist_contracts import Envelope
from messaging import delivery


def _admit_everything(_connection: Connection, envelopes: Sequence[Envelope]) -> list[Envelope]:
    return list(envelopes)


replace(delivery, "admit", _admit_everything)
