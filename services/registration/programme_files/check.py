"""Checks a programme file whole: its YAML, its shape, and what must agree between its parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from marshmallow import ValidationError

from messaging.refusals import Refusal
from messaging.storable import unstorable_paths
from services.registration.domain.encoding import NotUtf8, read_utf8
from services.registration.programme_files.agreement import disagreements
from services.registration.programme_files.shape import ProgrammeShape
from services.registration.programme_files.yaml_lines import LinedDocument, Path, load_with_lines

MOST_CHARACTERS = 200_000
"""Ten times what a programme takes, and small enough for the event that tells of it, however it is spelled."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a programme file, and how to mend it."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.path or 'the file'}: {self.message}"


class ProgrammeRefused(Refusal):
    """A programme file with faults; nothing of it was applied."""

    slug = "programme_refused"
    status = 422

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            f"The programme file has {len(faults)} fault(s); mend them and apply it again. First: {faults[0]}"
        )
        self.faults = faults


def check_programme(content: str | bytes) -> dict[str, Any]:
    """The definition in a programme file, or in its text, as JSON data; raises `ProgrammeRefused` with every fault."""
    document = _read(content if isinstance(content, str) else _decoded(content))
    faults = [_fault(document, path, "stands twice; keep one of them") for path in document.duplicates]
    faults += [
        _fault(document, path, "has invisible characters; remove them") for path in unstorable_paths(document.data)
    ]
    shape = ProgrammeShape()
    try:
        loaded: dict[str, Any] = shape.load(document.data)
    except ValidationError as error:
        found = _flatten(error.messages)
        raise ProgrammeRefused(_sorted([*faults, *(_fault(document, *item) for item in found)])) from None
    faults += [_fault(document, path, message) for path, message in disagreements(loaded)]
    if faults:
        raise ProgrammeRefused(_sorted(faults))
    definition: dict[str, Any] = shape.dump(loaded)
    return definition


def _decoded(content: bytes) -> str:
    try:
        return read_utf8(content)
    except NotUtf8 as refusal:
        raise ProgrammeRefused([Fault(refusal.line, "", refusal.remedy)]) from None


def _read(text: str) -> LinedDocument:
    if len(text) > MOST_CHARACTERS:
        raise ProgrammeRefused([Fault(1, "", f"has {len(text)} characters; a programme has at most {MOST_CHARACTERS}")])
    try:
        document = load_with_lines(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProgrammeRefused([Fault(line, "", f"not YAML: {error.problem}; check indentation and quotes")]) from None
    except yaml.YAMLError as error:
        raise ProgrammeRefused([Fault(1, "", f"not YAML: {error}")]) from None
    if not isinstance(document.data, dict):
        raise ProgrammeRefused([Fault(1, "", "the file is empty or not a block of keys; see programmes/ for examples")])
    return document


def _flatten(messages: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # marshmallow tells of a dict's faults under "key" and "value"; the file knows only the key.
            yield from _flatten(inner, path if key in {"key", "value", "_schema"} else (*path, key))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield path, _mended(str(message))


def _mended(message: str) -> str:
    """Marshmallow's own words, with the remedy said."""
    return {
        "Missing data for required field.": "missing; add it",
        "Not a valid integer.": "write a whole number",
        "Not a valid date.": "write a date as 2013-11-01",
        "Not a valid boolean.": "write true or false",
        "Not a valid string.": "write a text; put it in quotes if it looks like a number or a time",
        "Not a valid URL.": "write a whole address, as https://...",
        "Not a valid list.": "write a list, as [one, two]",
        "Field may not be null.": "is empty; write a value",
    }.get(message, message)


def _fault(document: LinedDocument, path: Path, message: str) -> Fault:
    return Fault(document.line_of(path), _spelled(path), message)


def _spelled(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".")


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.line, fault.path))
