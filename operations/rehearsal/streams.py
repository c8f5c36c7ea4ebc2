"""Runs calls to the platform side by side where their order cannot matter, one after the other where it can.

Cases of one *island* (municipalities that hang together as neighbours) may want the same seat, so what they do
keeps its order. Islands are shared out over a few streams; each stream is a thread with its own connection.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from operations.rehearsal.world.places import Country

Item = TypeVar("Item")
Result = TypeVar("Result")
STREAMS = 3


class Streams:
    """A few threads, and which of them speaks for which municipality."""

    def __init__(self, country: Country) -> None:
        self._stream_of = _share_out(country)
        self._pool = ThreadPoolExecutor(STREAMS, thread_name_prefix="stream")

    def in_order(self, items: Iterable[Item], place: Callable[[Item], str], act: Callable[[Item], Any]) -> None:
        """Act on every item; items of one island one after the other, in the order given."""
        shares: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            shares[self._stream_of[place(item)]].append(item)

        def act_on_all(share: list[Item]) -> None:
            for item in share:
                act(item)

        _drain(self._pool.map(act_on_all, shares.values()))

    def in_any_order(self, items: Iterable[Item], act: Callable[[Item], Result]) -> list[Result]:
        """Act on every item, several at once; the results in the order of the items."""
        return list(self._pool.map(act, list(items)))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)


def _drain(results: Iterable[Any]) -> None:
    for _ in results:
        pass


def _share_out(country: Country) -> dict[str, int]:
    """Which stream each municipality belongs to; the most populous islands are shared out first."""
    islands: dict[int, list[str]] = defaultdict(list)
    for code, island in country.islands().items():
        islands[island].append(code)
    people = {
        island: sum(country.municipalities[code].population for code in codes) for island, codes in islands.items()
    }
    loads = [0] * STREAMS
    stream_of = {}
    for island in sorted(islands, key=lambda one: (-people[one], one)):
        lightest = loads.index(min(loads))
        loads[lightest] += people[island]
        stream_of.update(dict.fromkeys(islands[island], lightest))
    return stream_of
