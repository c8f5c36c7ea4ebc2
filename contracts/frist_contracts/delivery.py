"""What the kernel of every service tells the others about delivery itself: what it published, what it misses.

The same two events exist for each service, so that each is published under its own name.
"""

from dataclasses import dataclass, field
from typing import ClassVar, TypeVar, cast

from frist_contracts.event import Event

SERVICES = ("registration", "scheduling", "notifications", "reporting")


@dataclass(frozen=True)
class PageTotal:
    """How many events of one type a page holds, and the exclusive-or of the last 64 bits of their ids, in hex."""

    count: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class PageClosed(Event):
    """A stretch of a producer's outbox is complete: what it holds, by type. Pages lie end to end from position 1."""

    subject_field: ClassVar[str] = "last_position"

    first_position: int
    last_position: int
    totals: dict[str, PageTotal]


@dataclass(frozen=True, kw_only=True)
class ResendRequested(Event):
    """A consumer misses something of `asked_of`: events of some types (`what` is `events`), or pages (`pages`).

    `last_position` None means: everything from `first_position` on.
    """

    subject_field: ClassVar[str] = "asked_of"

    asked_of: str
    what: str
    first_position: int
    last_position: int | None = None
    types: list[str] = field(default_factory=list)


Kind = TypeVar("Kind", bound=Event)


def _published_by(producer: str, event: type[Kind]) -> type[Kind]:
    return cast("type[Kind]", type(event.__name__, (event,), {"producer": producer, "__doc__": event.__doc__}))


PAGE_CLOSED: dict[str, type[PageClosed]] = {service: _published_by(service, PageClosed) for service in SERVICES}
RESEND_REQUESTED: dict[str, type[ResendRequested]] = {
    service: _published_by(service, ResendRequested) for service in SERVICES
}
