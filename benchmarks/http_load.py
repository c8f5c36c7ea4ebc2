"""A client that costs next to nothing: prepared requests over a few kept-alive connections, in one thread."""

import selectors
import socket
import time
from collections.abc import Iterator

CONNECTIONS = 8


def request_bytes(port: int, path: str, body: bytes) -> bytes:
    """One POST of JSON as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def answered_per_second(port: int, requests: Iterator[bytes], seconds: float) -> float:
    """How many requests a second are answered with 201; raises AssertionError at any other answer."""
    with selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(next(requests))
        began = time.perf_counter()
        answered = _keep_asking(ready, requests, began + seconds)
        rate = answered / (time.perf_counter() - began)
        for key in list(ready.get_map().values()):
            ready.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
    return rate


def _keep_asking(ready: selectors.BaseSelector, requests: Iterator[bytes], until: float) -> int:
    answered, under_way = 0, CONNECTIONS
    while under_way:
        for key, _ in ready.select(30):
            connection, read = key.fileobj, key.data
            read += connection.recv(65_536)  # type: ignore[union-attr]
            if not _is_whole(read):
                continue
            if not read.startswith(b"HTTP/1.1 201"):
                raise AssertionError(f"an answer that is not 201: {bytes(read[:600])!r}")
            read.clear()
            answered += 1
            if time.perf_counter() < until:
                connection.sendall(next(requests))  # type: ignore[union-attr]
            else:
                under_way -= 1
    return answered


def _is_whole(read: bytearray) -> bool:
    head, found, body = read.partition(b"\r\n\r\n")
    if not found:
        return False
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(body) >= int(length.partition(b":")[2])
