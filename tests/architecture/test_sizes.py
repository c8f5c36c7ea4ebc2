"""Files and functions stay small enough to be read to their end."""

import ast
import re

from tests.architecture.tree import PACKAGES, ROOT, name_of, parsed, python_files

LONGEST_FILE = 300
LONGEST_FUNCTION, NINE_OF_TEN, HALF_OF_ALL = 40, 25, 10
"""Lines."""

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pytest\.(mark\.)?skip|mark\.xfail")
MACHINE_PATH = re.compile(r"/(work|root|home)/\w")
BESIDE_PYTHON = (".yml", ".yaml", ".toml", ".html", ".css", ".js", ".sh", ".conf", ".md")
MADE_BY_MAKE_DOCS = "docs/events.md"
HERE = "tests/architecture/test_sizes.py"


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(function):
    return set(range(function.lineno, (function.end_lineno or function.lineno) + 1))


def own_lines(function):
    """How many lines it has without those of the functions inside it, which are read one by one."""
    inner = [node for node in functions(function) if node is not function]
    return len(lines_of(function).difference(*map(lines_of, inner)))


def long_functions(tree):
    lengths = ((function.name, own_lines(function)) for function in functions(tree))
    return [f"{name} ({length} lines)" for name, length in lengths if length > LONGEST_FUNCTION]


def written_beside_python():
    folders = (ROOT / folder for folder in (*PACKAGES, "tests", "deploy", "docs", "programmes"))
    below = (path for folder in folders for path in folder.rglob("*"))
    ours = (path for path in (*ROOT.iterdir(), *below) if path.suffix in BESIDE_PYTHON)
    return [path for path in ours if name_of(path) != MADE_BY_MAKE_DOCS]


def test_no_file_is_longer_than_a_reader():
    files = [*python_files(), *written_beside_python()]
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in files}

    assert {"docker-compose.yml", "web/static/frist.css"} <= set(lengths)
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen():
    long = {name_of(path): long_functions(parsed(path)) for path in python_files()}

    assert {name: found for name, found in long.items() if found} == {}


def test_a_long_function_would_be_found():
    tree = ast.parse("def long():\n" + "    pass\n" * LONGEST_FUNCTION)

    assert long_functions(tree) == ["long (41 lines)"]


def test_most_functions_are_short():
    lengths = sorted(own_lines(function) for path in python_files(*PACKAGES) for function in functions(parsed(path)))

    assert lengths[len(lengths) // 2] <= HALF_OF_ALL
    assert lengths[len(lengths) * 9 // 10] <= NINE_OF_TEN


def test_nothing_is_left_unfinished():
    unfinished = [name_of(path) for path in python_files() if UNFINISHED.search(path.read_text())]

    assert [name for name in unfinished if name != HERE] == []


def test_no_machine_path_is_written_down():
    found = [name_of(path) for path in python_files() if MACHINE_PATH.search(path.read_text())]

    assert [name for name in found if name != HERE] == []
