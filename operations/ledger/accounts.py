"""What one producer owes one consumer, counted and compared position by position."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Positions = Mapping[int, str]
"""Outbox positions with the event's type."""


@dataclass
class Account:
    """Between one producer and one consumer.

    `published` counts the outbox rows that the consumer subscribes to, `applied` those in its inbox. `pending` are on
    their way (not yet relayed, queued, or waiting to be tried again), `missing` are nowhere, `parked` wait for an
    operator, and `discarded` were given up by one.
    """

    producer: str
    consumer: str
    published: int = 0
    applied: int = 0
    missing: int = 0
    pending: int = 0
    parked: int = 0
    discarded: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing or on its way."""
        return self.missing == 0 and self.pending == 0


@dataclass(frozen=True)
class LedgerPage:
    """Every account at one moment."""

    accounts: list[Account] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether every published event has taken effect, or been parked, at every subscriber."""
        return all(account.is_settled for account in self.accounts)

    def total(self, column: str) -> int:
        """The sum of one column over all accounts."""
        return sum(getattr(account, column) for account in self.accounts)

    def as_json(self) -> dict[str, Any]:
        """What `frist ledger --json` prints."""
        columns = ("published", "applied", "missing", "pending", "parked", "discarded")
        return {
            "settled": self.is_settled,
            **{column: self.total(column) for column in columns},
            "accounts": [asdict(account) | {"settled": account.is_settled} for account in self.accounts],
        }
