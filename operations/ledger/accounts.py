"""What one producer owes one consumer, counted and compared position by position."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Span:
    """The events that were stored from `since` on and before `until`, in machine time; None is no limit."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether there is no limit."""
        return self.since is None and self.until is None


@dataclass(frozen=True)
class Oldest:
    """The event that has been owed longest: its outbox position, when it was stored, and for how many seconds."""

    position: int
    stored_at: datetime
    age_seconds: float


@dataclass
class Account:
    """Between one producer and one consumer.

    `published` counts the outbox rows that the consumer subscribes to, `applied` those in its inbox. `pending` are on
    their way (not yet relayed, queued, or waiting to be tried again), `missing` are nowhere, `parked` wait for an
    operator, and `discarded` were given up by one. `duplicates` are deliveries that the inbox absorbed since the
    service began: they are not counted by time, so a span has none. `oldest` is the oldest that is pending or missing.
    """

    producer: str
    consumer: str
    published: int = 0
    applied: int = 0
    missing: int = 0
    pending: int = 0
    parked: int = 0
    discarded: int = 0
    duplicates: int | None = None
    oldest: Oldest | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing or on its way."""
        return self.missing == 0 and self.pending == 0


COUNTS = ("published", "applied", "missing", "pending", "parked", "discarded", "duplicates")


@dataclass(frozen=True)
class LedgerPage:
    """Every account at one moment, of all events or of those of a span."""

    accounts: list[Account] = field(default_factory=list)
    span: Span = field(default_factory=Span)

    @property
    def is_settled(self) -> bool:
        """Whether every published event has taken effect, or been parked, at every subscriber."""
        return all(account.is_settled for account in self.accounts)

    @property
    def columns(self) -> tuple[str, ...]:
        """What is counted."""
        return COUNTS if self.span.is_everything else COUNTS[:-1]

    def total(self, column: str) -> int:
        """The sum of one column over all accounts."""
        return sum(getattr(account, column) or 0 for account in self.accounts)

    def as_json(self) -> dict[str, Any]:
        """What `frist ledger --json` prints."""
        return {
            "settled": self.is_settled,
            **asdict(self.span),
            **{column: self.total(column) for column in self.columns},
            "accounts": [asdict(account) | {"settled": account.is_settled} for account in self.accounts],
        }
