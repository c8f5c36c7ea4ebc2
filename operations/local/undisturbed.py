"""What ends a platform at a terminal, and what has to be finished once it is begun, however often somebody says Ctrl-C."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_as_by_ctrl_c() -> None:
    """Have SIGTERM and the closing of the terminal end this process as Ctrl-C does: in order, with all that it started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # else somebody said `nohup`
        signal.signal(signal.SIGHUP, signal.default_int_handler)


@contextmanager
def put_off() -> Iterator[None]:
    """A signal that comes in the block is heard when it is over: what was begun in it is known by then, and can be ended."""
    came: list[int] = []
    try:
        with _heard_by(came.append):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])


@contextmanager
def undisturbed() -> Iterator[None]:
    """In the block SIGINT, SIGTERM and a closed terminal do nothing; they mean what they meant before when it is over."""
    with _heard_by(lambda _: None):
        yield


@contextmanager
def _heard_by(hear: Callable[[int], None]) -> Iterator[None]:
    """In the block what ends a platform is only told to `hear`.

    Not `SIG_IGN`, which every process started in the block would inherit. Only the main thread is ever disturbed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda number, _: hear(number)) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
