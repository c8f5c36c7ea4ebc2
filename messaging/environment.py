"""What may be said in the environment: each setting that makes no sense is refused by name, with what to do about it.

An empty value is none: compose hands on `NAME=` for what nobody has set.
"""

import math
import re
from collections.abc import Mapping

from messaging.errors import SettingMissingError, SettingUnusableError

SHORTEST_SECRET = 32
"""Characters."""

_MAKE_ONE = 'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def needed(environ: Mapping[str, str], name: str, remedy: str) -> str:
    """The value of a setting that has no default; raises `SettingMissingError`."""
    value = environ.get(name)
    if not value:
        raise SettingMissingError(name, remedy)
    return value


def secret(environ: Mapping[str, str], name: str) -> str:
    """A secret, which never has a default; raises `SettingMissingError`, or `SettingUnusableError` when it is short."""
    value = needed(environ, name, _MAKE_ONE)
    if len(value) < SHORTEST_SECRET:
        raise SettingUnusableError(name, f"it is shorter than {SHORTEST_SECRET} characters; {_MAKE_ONE}")
    return value


def like(environ: Mapping[str, str], name: str, default: str, pattern: str, remedy: str) -> str:
    """A value that matches a pattern as a whole; raises `SettingUnusableError` with the remedy."""
    value = environ.get(name) or default
    if not re.fullmatch(pattern, value):
        raise SettingUnusableError(name, remedy)
    return value


def whole(environ: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    """A whole number from `least` on; raises `SettingUnusableError`."""
    remedy = f"give a whole number from {least} on"
    number = int(like(environ, name, str(default), "[0-9]{1,9}", remedy))
    if number < least:
        raise SettingUnusableError(name, remedy)
    return number


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    """A time in seconds, more than nothing; raises `SettingUnusableError`."""
    remedy = "give a number of seconds above 0, as 0.5 or 20"
    try:
        number = float(environ.get(name) or default)
    except ValueError:
        raise SettingUnusableError(name, remedy) from None
    if not (math.isfinite(number) and number > 0):
        raise SettingUnusableError(name, remedy)
    return number
