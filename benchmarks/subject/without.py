"""Taking a part out of the kernel, in the process of a ceiling alone."""

from typing import Any


def replace(where: Any, name: str, what: Any) -> None:
    """Put `what` in the place of a module's or class's `name`; raises AttributeError when it has moved away."""
    getattr(where, name)
    setattr(where, name, what)
