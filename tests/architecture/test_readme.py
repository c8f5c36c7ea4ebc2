"""What the documents tell a reader to type exists, and what they link to is there."""

import re

import pytest

from tests.architecture.tree import ROOT, name_of

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCES = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)
MAKE = re.compile(r"(?:^|`|\s)make ([a-z][a-z-]*)")
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=[name_of(document) for document in DOCUMENTS])


def test_the_documents_that_a_reader_looks_for_are_there():
    wanted = {
        "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/events.md", "docs/glossary.md",
        "docs/guarantees.md", "docs/adding-an-event.md", "docs/adding-a-service.md", "docs/runbook.md",
    }  # fmt: skip

    assert wanted <= {name_of(document) for document in DOCUMENTS}
    assert list((ROOT / "docs" / "decisions").glob("0001*.md"))


@every_document
def test_every_make_target_exists(document):
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = document.read_text()
    told = [*FENCES.findall(text), *re.findall(r"`(make [^`]+)`", text)]

    assert {target for passage in told for target in MAKE.findall(passage)} <= targets


@every_document
def test_every_frist_command_exists(document):
    from operations.command import app  # noqa: PLC0415  (what it imports is slow)

    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    commands |= {group.name for group in app.registered_groups}
    told = re.findall(r"(?:^|`|&& )(?:\.venv/bin/)?frist ([a-z]+)", document.read_text(), re.MULTILINE)

    assert set(told) <= commands


@every_document
def test_every_link_within_the_repository_leads_somewhere(document):
    links = LINK.findall(document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_make_target_says_what_it_does():
    targets = re.findall(r"^([a-z][a-z-]*):(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert [name for name, rest in targets if "##" not in rest] == []
