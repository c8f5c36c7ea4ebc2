"""Each place between statement, commit, publish, confirm and acknowledgement where a process can die, and dying there.

No hook in the product: a process started by `tests.faults.crashing` wraps the function and kills itself with SIGKILL,
after it has left a mark that it was there.
"""

import importlib
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Point:
    """Before or after a function of a process, when `matters` says that this call is the one."""

    process: Literal["announce", "relay", "worker"]
    when: Literal["before", "after"]
    function: str
    matters: Callable[[tuple[Any, ...], Any], bool] = lambda _arguments, _result: True
    named: Mapping[str, Any] = field(default_factory=dict)
    """Named arguments in place of those that the function is called with."""


def _gave_something(_arguments: tuple[Any, ...], result: Any) -> bool:
    return bool(result)


def _has_some(arguments: tuple[Any, ...], _result: Any) -> bool:
    """The last argument is a list with something in it."""
    return bool(arguments[-1])


def _has_stored(arguments: tuple[Any, ...], _result: Any) -> bool:
    """An outbox that has stored something, as it remembers."""
    return bool(arguments[0].added)


def _has_stored_what_an_event_caused(arguments: tuple[Any, ...], result: Any) -> bool:
    return _has_stored(arguments, result) and bool(arguments[0]._causes)


def _is_alone_with_a_suspect(arguments: tuple[Any, ...], _result: Any) -> bool:
    (letter, *_others) = arguments[-1]
    return bool(letter.message.is_suspect)


_APART = {"commits": False}
"""The statement without the COMMIT that goes along with it otherwise."""

POINTS = {
    "stored, not committed": Point("announce", "after", "messaging.outbox:Outbox.flush", _has_stored, _APART),
    "committed, not published": Point("relay", "before", "messaging.publisher:Publisher.offer"),
    "published, not confirmed": Point("relay", "before", "messaging.publisher:Publisher._on_confirm"),
    "confirmed, not marked": Point("relay", "before", "messaging.relay:Relay._mark", _has_some),
    "admitted, not handled": Point("worker", "after", "messaging.delivery:admit", _gave_something),
    "handled, its events not stored": Point("worker", "after", "messaging.delivery:Delivery._handle"),
    "its events stored, not committed": Point(
        "worker", "after", "messaging.outbox:Outbox.flush", _has_stored_what_an_event_caused, _APART
    ),
    "its events committed, nothing else ended": Point(
        "worker", "after", "messaging.connection:PlainConnection.execute_last"
    ),
    "committed, not acknowledged": Point("worker", "after", "messaging.delivery:Delivery.deliver"),
    "to be tried again, not acknowledged": Point("worker", "after", "messaging.delivery:Delivery._fail"),
    "retry leased, not put back": Point("relay", "after", "messaging.relay:Relay._due_retries", _gave_something),
    "resend noted as done, not published": Point(
        "relay", "after", "messaging.relay:Relay._asked_again", _gave_something
    ),
    "begun alone, not handled": Point(
        "worker", "before", "messaging.delivery:Delivery._apply_all", _is_alone_with_a_suspect
    ),
}


def arm() -> None:
    """Have this process die at the point named by `CRASH_AT`, once: `CRASH_MARK` is the file that says it has."""
    point, mark = POINTS[os.environ["CRASH_AT"]], Path(os.environ["CRASH_MARK"])
    module, _, path = point.function.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    original = getattr(owner, name)

    def perhaps_die(arguments: tuple[Any, ...], result: Any) -> None:
        if point.matters(arguments, result) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    @wraps(original)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        if point.when == "before":
            perhaps_die(arguments, None)
        result = original(*arguments, **{**named, **point.named})
        if point.when == "after":
            perhaps_die(arguments, result)
        return result

    setattr(owner, name, wrapped)
