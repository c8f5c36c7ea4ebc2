"""Every service has the same rooms, so that who knows one knows all."""

import ast
import importlib
import os
import subprocess
import sys

import pytest

from operations.services import SERVICES
from tests.architecture.tree import ROOT, name_of, parsed, python_files

ROOMS = {"domain", "handlers", "pages", "storage"}
FILES = {"__init__.py", "__main__.py", "service.py", "subscriptions.py", "timers.py"}
FILES_OR_ROOMS = {"api", "schemas"}
REFUSED_NAMES = {"utils", "helpers", "common", "core", "base", "manager", "misc", "util", "helper", "managers"}

every_service = pytest.mark.parametrize("service", SERVICES)


@every_service
def test_a_service_has_all_rooms(service):
    folder = ROOT / "services" / service

    rooms = {path.name for path in folder.iterdir() if path.is_dir()}
    files = {path.name for path in folder.glob("*.py")}

    assert rooms >= ROOMS
    assert files >= FILES
    assert {path.stem for path in folder.iterdir()} >= FILES_OR_ROOMS


@every_service
def test_a_service_can_be_migrated(service):
    migrations = ROOT / "services" / service / "storage" / "migrations"

    assert (migrations / "env.py").exists()
    assert list((migrations / "versions").glob("0001*.py"))


@every_service
def test_a_service_is_told_in_one_class(service):
    module = importlib.import_module(f"services.{service}.service")

    told = getattr(module, f"{service.capitalize()}Service")

    assert told.name == service
    assert told.unit_of_work.__name__ == f"{service.capitalize()}UnitOfWork"


@every_service
@pytest.mark.parametrize("language", ["da", "sv"])
def test_the_pages_of_a_service_are_translated(service, language):
    folder = ROOT / "services" / service / "pages" / "translations" / language / "LC_MESSAGES"

    assert (folder / "messages.po").exists()


def test_no_name_says_nothing():
    named = {path for path in python_files() if {path.stem, path.parent.name} & REFUSED_NAMES}

    assert [name_of(path) for path in sorted(named)] == []


def test_importing_everything_connects_to_nothing_reads_no_settings_and_traces_nothing():
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.architecture.import_everything"],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr


def test_every_package_folder_is_a_package():
    folders = {path.parent for path in python_files() if "migrations" not in path.parts}

    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_module_says_what_it_is_for():
    silent = [path for path in python_files() if path.read_text().strip() and not ast.get_docstring(parsed(path))]

    assert [name_of(path) for path in silent if "versions" not in path.parts] == []
