"""Keeps personal data out of what is shown of a kept message, and out of the reasons that are kept with it."""

import json
from dataclasses import dataclass
from typing import Any

from frist_contracts import ContractError, Event, decode

MASK = "•••"
_SHORTEST = 3
"""A shorter value is not looked for in texts: it stands in too many other words."""


@dataclass(frozen=True)
class Shown:
    """A message's body as text. `hides` says that there is more: personal data, or a body that nobody can vouch for.

    `about` is whose data it is, as `case:<id>`; None when the message cannot be read.
    """

    body: str
    hides: bool
    about: str | None


def show_openly(body: bytes) -> Shown:
    """Everything as it came."""
    return Shown(_as_text(body), hides=False, about=_about(_event(body)))


def show_masked(body: bytes) -> Shown:
    """Personal fields masked. What cannot be read as an event may hold anything, so none of it is shown."""
    event = _event(body)
    if event is None:
        return Shown("", hides=bool(body), about=None)
    envelope: dict[str, Any] = json.loads(body)
    personal = [name for name in event.personal & envelope["data"].keys() if envelope["data"][name]]
    envelope["data"].update(dict.fromkeys(personal, MASK))
    return Shown(_pretty(envelope), hides=bool(personal), about=_about(event))


def without_personal(text: str, event: Event) -> str:
    """The text with the values of the event's personal fields masked, as they may stand in an error's words."""
    values = {value for name in event.personal if isinstance(value := getattr(event, name), str)}
    for value in sorted(values, key=len, reverse=True):
        if len(value) >= _SHORTEST:
            text = text.replace(value, MASK)
    return text


def _event(body: bytes) -> Event | None:
    try:
        return decode(body).event
    except ContractError:
        return None


def _about(event: Event | None) -> str | None:
    return f"{event.subject_field.removesuffix('_id')}:{event.subject}" if event else None


def _as_text(body: bytes) -> str:
    try:
        return _pretty(json.loads(body))
    except (ValueError, RecursionError):
        return body.decode(errors="backslashreplace")


def _pretty(envelope: Any) -> str:
    return json.dumps(envelope, indent=2, ensure_ascii=False)
