"""A limit on what one client may send without sign-in: a bucket of tokens for each address, in this process.

Each process counts on its own, so the true limit is at most the setting times the processes. Addresses stay in memory.

An IPv6 client has a whole network, 2^64 addresses, to send from: such a network counts as one.
"""

import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

from messaging.refusals import Refusal

_MOST_CLIENTS = 50_000


class TooManyRequests(Refusal):
    """The client sent more open requests than the limit allows."""

    status = 429


class RateLimit:
    """Lets each client send `per_minute` requests a minute, all at once or spread; 0 lets everybody."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Count one request of an address; raises `TooManyRequests` with how many seconds to wait."""
        if self._per_minute == 0:
            return
        now, client = time.monotonic(), _counted_as(client)
        tokens, filled_at = self._buckets.pop(client, (float(self._per_minute), now))
        tokens = min(self._per_minute, tokens + (now - filled_at) * self._per_minute / 60)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = int((1 - tokens) * 60 / self._per_minute) + 1
            raise TooManyRequests("Too many requests from your address; wait a moment and try again.", retry_after=wait)


def _counted_as(client: str) -> str:
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if not isinstance(address, IPv6Address):
        return client
    return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
