"""Every event is said by its service, heard by somebody, documented and sampled."""

import ast

import pytest

from frist_contracts import EVENTS, PageClosed, ResendRequested, StaffSessionsEnded
from operations.documents.generated import stale
from operations.documents.subscribers import subscribers_of
from operations.services import SERVICES
from tests.architecture.tree import ROOT, name_of, parsed, python_files
from tests.contracts.samples import every_event, sample_path


@every_event
def test_an_event_is_heard(event):
    assert subscribers_of(event) != []


def test_every_other_service_hears_whose_sessions_registration_ended():
    assert subscribers_of(StaffSessionsEnded) == [name for name in SERVICES if name != StaffSessionsEnded.producer]


@pytest.mark.parametrize("event", [event for event in EVENTS if not issubclass(event, PageClosed | ResendRequested)])
def test_an_event_is_said_by_its_own_service_and_by_no_other(event):
    saying = {path.relative_to(ROOT).parts[1] for path in python_files("services") if event.__name__ in made_in(path)}

    assert saying == {event.producer}


@every_event
def test_an_event_is_sampled_and_documented(event):
    assert sample_path(event).exists()
    assert event.type_name() in (ROOT / "docs" / "events.md").read_text()


def test_generated_documents_are_fresh():
    assert [name_of(path) for path in stale(ROOT)] == []


def made_in(path):
    """The names that a file calls, or hands to `tell`: an event is said where it is made."""
    calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    handed_over = [
        call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "tell" and call.args
    ]
    return {node.id for node in [*(call.func for call in calls), *handed_over] if isinstance(node, ast.Name)}
