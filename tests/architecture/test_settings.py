"""The page on settings names exactly those that are read, and compose passes on what the documents tell people to set."""

import re

import pytest
import yaml

from operations.services import SERVICES
from tests.architecture.tree import ROOT

PRODUCT = ("messaging", "web", "services", "operations")
NAME = re.compile(r"\bFRIST_[A-Z_]+[A-Z]")
PAGE = (ROOT / "docs" / "settings.md").read_text()
OF_ONE_MACHINE = ("## Delivery", "## The `frist` command")
"""Sections of what compose need not know."""
OF_COMPOSE = {"FRIST_LISTEN"}
"""What compose reads itself, and no process."""


def read_by(folder):
    """What a part reads from the environment: only its settings may."""
    files = [path for path in (ROOT / folder).rglob("*settings.py") if "tests" not in path.parts]
    return {name for path in files for name in NAME.findall(path.read_text())}


def test_every_setting_is_on_the_page_and_no_other():
    read = {name for folder in PRODUCT for name in read_by(folder)}
    told = set(NAME.findall(PAGE.replace("FRIST_<SERVICE>_DATABASE_URL", "")))

    assert "FRIST_AMQP_URL" in read
    assert told - OF_COMPOSE - {"FRIST_OPERATOR_KEY"} == read  # which is no service's to read


def test_compose_passes_on_what_services_are_told():
    page = PAGE[: PAGE.index(OF_ONE_MACHINE[0])]
    told = set(NAME.findall(page.replace("FRIST_<SERVICE>_DATABASE_URL", ""))) - OF_COMPOSE - {"FRIST_CLOCK"}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    assert told <= compose["x-notifications"]["environment"].keys()


@pytest.mark.parametrize("document", ["runbook.md", "tracing.md"])
def test_what_an_operator_is_told_to_set_reaches_a_worker_in_compose(document):
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    wanted = re.findall(r"\b((?:FRIST|OTEL)_[A-Z_]+[A-Z])\b", (ROOT / "docs" / document).read_text())

    assert wanted
    assert set(wanted) - OF_COMPOSE <= compose["services"]["notifications-worker"]["environment"].keys()


def test_the_command_is_told_every_database_in_compose():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    told = compose["services"]["frist"]["environment"]

    assert {f"FRIST_{service.upper()}_DATABASE_URL" for service in SERVICES} <= told.keys()
