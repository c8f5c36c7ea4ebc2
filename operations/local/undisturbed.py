"""What has to be finished once it is begun, however often somebody says Ctrl-C meanwhile."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """In the block SIGINT and SIGTERM do nothing; they mean what they meant before when it is over.

    Not `SIG_IGN`, which every process started in the block would inherit. Only the main thread is ever disturbed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
