"""Text that a database cannot keep: PostgreSQL has no NUL, and half a surrogate pair is no character at all.

Plain Python, so that a domain may import it.
"""

import re
from typing import Any

REMEDY = "Remove the invisible characters."
"""What to do about it, for people and programs."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Path = tuple[str | int, ...]
"""Where a value stands in JSON, as `("outcomes", 0, "topic")`; `()` is the whole."""


def is_storable(text: str) -> bool:
    """Whether the database can keep the text as it is."""
    return not _UNSTORABLE.search(text)


def unstorable_paths(data: Any) -> list[Path]:
    """Where in JSON there is text that cannot be kept; a name that cannot is told by what it stands in."""
    found: list[Path] = []
    left: list[tuple[Path, Any]] = [((), data)]
    while left:  # no recursion: JSON may be deeper than Python calls
        path, value = left.pop()
        if isinstance(value, str):
            if not is_storable(value):
                found.append(path)
        elif isinstance(value, dict):
            left += [(path, name) for name in value if isinstance(name, str) and not is_storable(name)]
            left += [((*path, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            left += [((*path, place), inner) for place, inner in enumerate(value)]
    return found
