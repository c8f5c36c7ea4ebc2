"""Lists that come page by page, walked as a program walks them and as a reader does."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient


def walk(client: FlaskClient, address: str, limit: int, **how: Any) -> list[list[Any]]:
    """The items of each page of a list over HTTP; `how` goes with each request."""
    pages: list[list[Any]] = []
    query: dict[str, Any] | None = {"limit": limit}
    while query:
        page: Any = client.get(address, query_string=query, **how).json
        pages.append(page["items"])
        query = {"limit": limit, "after": page["next"]} if page["next"] else None
    return pages


def following(page: str) -> str:
    """Where the link to the next page leads."""
    found = re.search(r'href="([^"]+after=[^"]+)"', page)
    assert found
    return unescape(found[1])
