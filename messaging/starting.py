"""How a process starts: nothing that it is made of is ever garbage, so nobody looks for any in it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def starting() -> Iterator[None]:
    """No garbage is looked for meanwhile, and what is there at the end is left out of every search from then on.

    A fifth of what a worker or a relay took to start went into searches among modules, classes and routes, 50 to 150 ms.
    What is forked afterwards also shares that memory with its parent for good.
    """
    is_outermost = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_outermost:
            gc.freeze()
            gc.enable()
