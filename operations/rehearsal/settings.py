"""What the environment says about a rehearsal; nothing else in this package reads it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from operations.errors import OperationsError


class RehearsalSettingsError(OperationsError):
    """A variable of the environment cannot be understood."""


@dataclass(frozen=True)
class Kill:
    """A process to be killed with -9 in the middle of a virtual day, counted from 1."""

    process: str
    day: int


@dataclass(frozen=True)
class RehearsalSettings:
    """Which programme is replayed, by how many, and what happens at the end."""

    programme: str
    organisations: int
    seed: int
    stay: bool
    programmes_folder: Path
    kills: tuple[Kill, ...]


def prepare_environment() -> None:
    """What the platform is told of a rehearsal: everybody registers from one address here, which is not to be limited."""
    os.environ.setdefault("FRIST_OPEN_POSTS_PER_MINUTE", "0")


def read_settings() -> RehearsalSettings:
    """`PROGRAMME`, `ORGANISATIONS`, `SEED`, `STAY` and `FRIST_REHEARSAL_KILL` (`scheduling-worker:40,…`)."""
    organisations = _whole("ORGANISATIONS", 7000)
    if organisations < 1:
        raise RehearsalSettingsError("ORGANISATIONS has to be 1 or more.")
    return RehearsalSettings(
        programme=os.environ.get("PROGRAMME") or "dk-digital-post-2013",
        organisations=organisations,
        seed=_whole("SEED", 2013),
        stay=os.environ.get("STAY", "1") not in {"0", "no", "false", ""},
        programmes_folder=Path(os.environ.get("FRIST_PROGRAMMES_FOLDER") or "programmes"),
        kills=tuple(_kill(entry) for entry in os.environ.get("FRIST_REHEARSAL_KILL", "").split(",") if entry.strip()),
    )


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not re.fullmatch(r"\d+", text.strip()):
        raise RehearsalSettingsError(f"{name} is {text!r}, but has to be a whole number.")
    return int(text)


def _kill(entry: str) -> Kill:
    found = re.fullmatch(r"\s*([a-z-]+):(\d+)\s*", entry)
    if found is None:
        raise RehearsalSettingsError(
            f"FRIST_REHEARSAL_KILL has {entry!r}: write process:day, as in scheduling-worker:40,registration-relay:70."
        )
    return Kill(found[1], int(found[2]))
