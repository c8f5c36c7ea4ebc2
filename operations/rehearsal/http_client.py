"""Calls to the platform over kept-alive connections: one for each thread, as light on the processor as it gets."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from operations.errors import NoAnswerError, RequestError

TIMEOUT_SECONDS = 60.0
_MOST_TOLD = 800


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the body, still as bytes."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON; an empty body is None."""
        return json.loads(self.body) if self.body else None

    def in_words(self) -> str:
        """A refusal as a person reads it: what it says, then a line for each field; anything else as it came."""
        try:
            problem = self.json()
            detail, errors = str(problem["detail"]), problem.get("errors") or []
            faults = [(str(error["field"]), str(error["message"])) for error in errors]
        except (ValueError, TypeError, KeyError, AttributeError):
            return self.body[:_MOST_TOLD].decode(errors="replace")
        told = [message if field in message else f"{field}: {message}" for field, message in faults]
        return "\n".join([detail, *(f"  {line}" for line in told if line != detail)])


@contextmanager
def answered_by(url: str) -> Iterator[None]:
    """Raises NoAnswerError for whatever keeps the platform's answer from coming."""
    try:
        yield
    except (HTTPException, OSError) as error:
        raise NoAnswerError(
            f"The platform at {url} does not answer ({str(error) or type(error).__name__}). "
            "Start it with `frist up`, or correct the address in FRIST_PUBLIC_URL."
        ) from error


class HttpClient:
    """One platform, one optional API key, a connection for each thread; counts its requests."""

    def __init__(self, url: str, key: str | None = None) -> None:
        parts = urlsplit(url)
        self._url = url
        self._host = parts.hostname or "localhost"
        self._opens = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._port = parts.port
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._local = threading.local()
        self.requests: Counter[str] = Counter()

    def get(self, path: str) -> Any:
        """The JSON of a resource."""
        return self.call("GET", path).json()

    def items(self, path: str) -> Iterator[Any]:
        """Every item of a list that comes page by page; a page is fetched when it is come to."""
        listed = f"{path}{'&' if '?' in path else '?'}limit=500"
        page = self.get(listed)
        yield from page["items"]
        while page["next"]:
            page = self.get(f"{listed}&after={page['next']}")
            yield from page["items"]

    def post(self, path: str, body: Any = None) -> Any:
        """Post JSON and get JSON."""
        return self.call("POST", path, body).json()

    def call(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Answer:
        """A request that has to succeed; a refusal is a `RequestError` with the platform's own words."""
        answer = self.attempt(method, path, body, content_type)
        if answer.status >= 400:
            raise RequestError(f"{method} {path} was answered {answer.status}: {answer.in_words()}")
        return answer

    def attempt(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Answer:
        """A request that may be refused; a connection that was closed meanwhile is opened again, once.

        Raises NoAnswerError when there is no answer on that one either.
        """
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": content_type} if content is not None else self._headers
        self.requests[method] += 1
        try:
            return self._once(method, path, content, headers)
        except (HTTPException, OSError):
            self._forget()
        with answered_by(self._url):
            return self._once(method, path, content, headers)

    def _once(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._connection()
        connection.request(method, path, content, headers)
        response: HTTPResponse = connection.getresponse()
        return Answer(response.status, response.read())

    def _connection(self) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._opens(self._host, self._port, timeout=TIMEOUT_SECONDS)
            self._local.connection = connection
        return connection

    def _forget(self) -> None:
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None
