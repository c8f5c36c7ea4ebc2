"""The page of guarantees names for each promise tests that exist."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "guarantees.md").read_text()
PROMISES = [line for line in PAGE.splitlines() if line.startswith("| **")]
NAMED = re.compile(r"`((?:tests/[\w/.]+)?(?:::\w+)?)`")
every_promise = pytest.mark.parametrize("promise", PROMISES, ids=[line.split("**")[1] for line in PROMISES])


def named_in(text: str) -> Iterator[tuple[str, str]]:
    """Each file of tests that is named with the test in it, if one is; a test alone is in the file named before it."""
    file = ""
    for name in filter(None, NAMED.findall(text)):
        path, _, test = name.partition("::")
        file = path or file
        yield file, test


@every_promise
def test_every_promise_names_a_file_of_tests(promise: str) -> None:
    files = {file for file, _ in named_in(promise)}

    assert files
    assert [file for file in files if not (ROOT / file).is_file()] == []


@every_promise
def test_every_test_that_a_promise_names_is_there(promise: str) -> None:
    tests = [(file, test) for file, test in named_in(promise) if test]

    missing = [f"{file}::{test}" for file, test in tests if f"def {test}(" not in (ROOT / file).read_text()]

    assert missing == []


def test_every_path_of_tests_on_the_page_leads_somewhere() -> None:
    named = {name.partition("::")[0] for name in NAMED.findall(PAGE)} - {""}

    assert len(named) > len(PROMISES) / 2
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_a_folder_and_a_test_that_is_gone_would_be_found() -> None:
    row = "| **x** | how | `tests/faults`; `tests/messaging/test_delivery.py`, `::test_nothing_of_the_kind` |"

    assert list(named_in(row)) == [
        ("tests/faults", ""),
        ("tests/messaging/test_delivery.py", ""),
        ("tests/messaging/test_delivery.py", "test_nothing_of_the_kind"),
    ]
