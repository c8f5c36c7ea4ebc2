"""One way to do a thing: one place that reads settings, one that commits, one that knows the time."""

import ast
from itertools import chain

import pytest

from tests.architecture.tree import attribute_chains, name_of, parsed, python_files

CODE = ("contracts", "messaging", "web", "services", "operations", "benchmarks")
READS_ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}
TELLS_THE_TIME = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
    "time.time",
}
COMMITS = {"commit", "rollback"}


def uses(path, dotted_names):
    found = chain(attribute_chains(parsed(path)), imported_names(parsed(path)))
    return [f"{name_of(path)}:{line} {used}" for used, line in found if used in dotted_names]


def imported_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{member.name}", node.lineno) for member in node.names)


def test_only_settings_read_the_environment():
    # Sets how psycopg waits before psycopg is imported: a write, and too early for any settings.
    writes = {"messaging/launcher.py"}

    readers = [path for path in python_files(*CODE) if path.name != "settings.py" and name_of(path) not in writes]

    assert [use for path in readers for use in uses(path, READS_ENVIRONMENT)] == []


def test_business_code_is_told_the_time():
    telling = [use for path in python_files("services", "web") for use in uses(path, TELLS_THE_TIME)]

    assert telling == []


def test_the_kernel_alone_knows_machine_time():
    telling = {name_of(path) for path in python_files("messaging") if uses(path, TELLS_THE_TIME)}

    assert telling <= {"messaging/clock.py"}


def test_only_the_kernel_commits():
    committing = [
        f"{name_of(path)}:{line} {used}"
        for path in python_files("services", "web")
        for used, line in attribute_chains(parsed(path))
        if used.rpartition(".")[2] in COMMITS
    ]

    assert committing == []


def test_services_sleep_never():
    sleeping = [use for path in python_files("services", "web") for use in uses(path, {"time.sleep", "eventlet.sleep"})]

    assert sleeping == []


def sleeps_outside_of_a_wait(tree):
    """Sleeping is for functions that look at a condition again and again until a deadline; they say so by their name."""
    waits = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("eventually")
    ]
    waiting = {inner for wait in waits for inner in ast.walk(wait)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "time.sleep" and node not in waiting:
            yield node.lineno


def test_tests_wait_for_conditions_and_not_for_time():
    sleeping = [
        f"{name_of(path)}:{line}" for path in python_files("tests") for line in sleeps_outside_of_a_wait(parsed(path))
    ]

    assert sleeping == []


def test_bytes_from_outside_are_never_unpickled():
    banned = {"pickle", "marshal", "shelve", "dill"}

    importing = [
        name_of(path)
        for path in python_files(*CODE)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import) and banned & {member.name for member in node.names}
    ]

    assert importing == []


@pytest.mark.parametrize(
    ("source", "used"),
    [
        ("import os\nos.environ['A']", "os.environ"),
        ("from os import getenv", "os.getenv"),
        ("os.getenv('A')", "os.getenv"),
    ],
)
def test_a_reader_of_the_environment_would_be_found(source, used):
    tree = ast.parse(source)

    assert used in {name for name, _ in chain(attribute_chains(tree), imported_names(tree))}
