"""The same service without the ledger: its relay closes no pages, its worker audits none. Never do this."""

from typing import Any

from benchmarks.subject.service import OneByOne as OneByOne  # noqa: PLC0414 - the process looks for it here
from benchmarks.subject.without import replace
from messaging.ledger import Auditor
from messaging.pager import Pager


def _nothing(*_: Any) -> None:
    """Do nothing."""


replace(Pager, "look", _nothing)
replace(Auditor, "check", _nothing)
