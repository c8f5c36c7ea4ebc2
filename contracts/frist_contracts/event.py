"""What every event has in common: a wire name, a lane, a subject and where it happened."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import ClassVar

NATIONAL = "national"
"""The municipality of an event that belongs to no single municipality."""


class Lane(StrEnum):
    """How an event travels: `urgent` when a person is waiting, else `bulk`."""

    URGENT = "urgent"
    BULK = "bulk"


@cache
def _slug(class_name: str) -> str:
    bare = re.sub(r"V\d+$", "", class_name)
    return re.sub(r"(?<!^)(?=[A-Z])", "_", bare).lower()


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact that one service tells the others.

    The five attributes here travel in the envelope; a subclass adds the `data`.
    `sequence` is the subject's version: a reader that has seen a higher one ignores the event.
    A `private` event carries contact data. Erasing empties the fields named by `personal`, of any event: a reader may get
    the event again without them.
    """

    municipality: str
    sequence: int = 0
    occurred_at: datetime | None = field(default=None, compare=False)
    event_id: str = field(default="", compare=False)
    position: int = field(default=0, compare=False)

    producer: ClassVar[str]
    version: ClassVar[int] = 1
    lane: ClassVar[Lane] = Lane.BULK
    private: ClassVar[bool] = False
    personal: ClassVar[frozenset[str]] = frozenset()
    subject_field: ClassVar[str]

    @classmethod
    def type_name(cls) -> str:
        """The wire name, as `registration.case_opened.v1`."""
        return f"{cls.producer}.{cls.slug()}.v{cls.version}"

    @classmethod
    def slug(cls) -> str:
        """The event's own part of the wire name, as `case_opened`."""
        return _slug(cls.__name__)

    @property
    def subject(self) -> str:
        """The id of what the event is about."""
        return str(getattr(self, self.subject_field))


ENVELOPE_FIELDS = frozenset({"municipality", "sequence", "occurred_at", "event_id", "position"})
"""Attributes of `Event` that live in the envelope and not in `data`."""
