"""The frozen samples, as bytes and as JSON, for the tests of every event."""

import json
from pathlib import Path
from typing import Any

import pytest

import frist_contracts
from frist_contracts import EVENTS, Event

FOLDER = Path(frist_contracts.__file__).parent / "samples"

every_event = pytest.mark.parametrize("event", EVENTS, ids=[event.type_name() for event in EVENTS])
"""Runs a test once for each event version."""


def sample_path(event: type[Event]) -> Path:
    """Where the sample of an event version lies."""
    return FOLDER / f"{event.type_name()}.json"


def sample_bytes(event: type[Event]) -> bytes:
    """The sample as it would travel."""
    return sample_path(event).read_bytes()


def sample(event: type[Event]) -> dict[str, Any]:
    """The sample as JSON, to be changed by a test."""
    loaded: dict[str, Any] = json.loads(sample_bytes(event))
    return loaded
