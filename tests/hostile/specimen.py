"""One message as a stranger might send it, and the ground that all of them are made from: the frozen samples."""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from frist_contracts import EVENTS, Event
from tests.contracts.samples import sample_bytes

ACCEPTED, REFUSED, EITHER = "accepted", "refused", "either"


@dataclass(frozen=True)
class Specimen:
    """A body, what was done to it, and whether it has to be accepted or refused."""

    kind: str
    body: bytes
    expected: str


Make = Callable[[random.Random], bytes]
KINDS: dict[str, tuple[Make, str]] = {}
"""Every way to make a message: how, and what has to become of it."""

_SAMPLES = {event: sample_bytes(event).decode() for event in EVENTS}
_SHARES: dict[str, int] = {}


def kind(expected: str, share: int = 10) -> Callable[[Make], Make]:
    """Register a way to make messages; `share` is its weight among the others."""

    def register(make: Make) -> Make:
        name = make.__name__
        KINDS[name] = (make, expected)
        _SHARES[name] = share
        return make

    return register


def specimens(seed: int, count: int) -> Any:
    """So many messages; the same seed makes the same ones."""
    rng = random.Random(seed)
    names = list(KINDS)
    for name in rng.choices(names, [_SHARES[name] for name in names], k=count):
        make, expected = KINDS[name]
        yield Specimen(name, make(rng), expected)


def a_message(rng: random.Random, event: type[Event] | None = None) -> dict[str, Any]:
    """A sound message with an id of its own, to be spoilt."""
    chosen = event or rng.choice(EVENTS)
    message: dict[str, Any] = json.loads(_SAMPLES[chosen])
    message["id"] = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return message


def as_bytes(message: Any) -> bytes:
    """JSON as our own producers write it."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a JSON value."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found
