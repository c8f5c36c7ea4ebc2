"""How a worker's green threads wait for PostgreSQL: a moment for themselves, then through the hub.

Most statements are answered within a fraction of a millisecond. Going through eventlet's hub for each of them cost more
than half of the client's time: a selector, two registrations and two switches (258 µs of processor for a small statement
against 110 µs). So the socket is watched directly first, and only what takes longer lets the other green threads run; a
thread that never has to wait gives way every four milliseconds, so that bulk work never holds up urgent work: an urgent
message waits for several such turns between its arrival and its effect.
"""

import time
from collections.abc import Generator
from typing import Any

from eventlet.patcher import original
from psycopg import waiting
from psycopg.waiting import Ready, Wait

from messaging.fairness import give_way

PATIENCE_MILLISECONDS = 1
GIVE_WAY_SECONDS = 0.004
_select = original("select")
_EVENTS = {
    Wait.R: _select.POLLIN,
    Wait.W: _select.POLLOUT,
    Wait.RW: _select.POLLIN | _select.POLLOUT,
}


def install() -> None:
    """Have psycopg wait like this in this process; psycopg's own green wait must have been chosen before."""
    waiting.wait = wait


def wait(
    gen: Generator[Wait, Ready | int, Any], fileno: int, interval: float = 0.0, timeout: float | None = None
) -> Any:
    """Run psycopg's generator to its end, as `psycopg.waiting.wait` does, and return what it returns."""
    _be_fair()
    poll = _select.poll()
    try:
        state = next(gen)
        while True:
            poll.register(fileno, _EVENTS[state])
            found = poll.poll(PATIENCE_MILLISECONDS)
            if not found:
                return waiting.wait_selector(_going_on(gen, state), fileno, interval, timeout)
            state = gen.send(_ready(found[0][1]))
    except StopIteration as end:
        return end.value


_gave_way_at = [0.0]


def _be_fair() -> None:
    if time.monotonic() - _gave_way_at[0] > GIVE_WAY_SECONDS:
        give_way()
        _gave_way_at[0] = time.monotonic()


def _ready(events: int) -> Ready:
    """What the socket is ready for; a hang-up wakes whoever waits."""
    is_readable, is_writable = events & ~_select.POLLOUT, events & ~_select.POLLIN
    if is_readable and is_writable:
        return Ready.RW
    return Ready.R if is_readable else Ready.W


def _going_on(gen: Generator[Wait, Ready | int, Any], state: Wait) -> Generator[Wait, Ready | int, Any]:
    """The rest of a generator that waits in `state`, as one that has not begun."""
    while True:
        ready = yield state
        try:
            state = gen.send(ready)
        except StopIteration as end:
            return end.value
