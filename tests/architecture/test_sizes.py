"""Files and functions stay small enough to be read to their end."""

import ast
import re

from tests.architecture.tree import ROOT, name_of, parsed, python_files

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pytest\.(mark\.)?skip|mark\.xfail")
OTHER_TEXTS = ("**/*.html", "**/*.css", "**/*.js", "**/*.sh")
FOREIGN = ("web/static/dkfds", "web/static/vendor", ".venv", ".frist", "node_modules")


def long_functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} ({length} lines)"


def test_no_file_is_longer_than_a_reader():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in python_files()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen():
    long = {name_of(path): list(long_functions(parsed(path))) for path in python_files()}

    assert {name: found for name, found in long.items() if found} == {}


def test_a_long_function_would_be_found():
    tree = ast.parse("def long():\n" + "    pass\n" * LONGEST_FUNCTION)

    assert list(long_functions(tree)) == ["long (41 lines)"]


def test_nothing_is_left_unfinished():
    here = "tests/architecture/test_sizes.py"

    unfinished = [name_of(path) for path in python_files() if UNFINISHED.search(path.read_text())]

    assert [name for name in unfinished if name != here] == []


def test_the_median_function_is_short():
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in python_files("contracts", "messaging", "web", "services", "operations")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None
    )

    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_no_machine_path_is_written_down():
    suspicious = re.compile(r"/(work|root|home)/\w")

    found = [name_of(path) for path in python_files() if suspicious.search(path.read_text())]

    assert [name for name in found if name != "tests/architecture/test_sizes.py"] == []
    assert (ROOT / "LICENSE").exists()
