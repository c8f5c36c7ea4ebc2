"""The catalogue says each thing once, and the schemas made from it hold for what travels."""

import dataclasses
import json
from pathlib import Path

import jsonschema_rs
import pytest

from frist_contracts import EVENTS, CaseOpened, ContactChanged, Lane, event_class, routing_key
from frist_contracts.event import ENVELOPE_FIELDS
from operations.documents.additions import breaking_changes
from operations.documents.envelope_schema import envelope_schema
from operations.documents.frozen import FOLDER, breaks, freeze
from operations.documents.generated import generated, stale, write
from operations.documents.json_schemas import schema_of_data
from operations.services import SERVICES
from tests.contracts.samples import every_event, sample

ROOT = Path(__file__).parents[2]


def test_no_two_events_have_one_wire_name():
    names = [event.type_name() for event in EVENTS]

    assert len(set(names)) == len(names)


@every_event
def test_an_event_is_found_by_its_wire_name(event):
    assert event_class(event.type_name()) is event
    assert event.producer in SERVICES


@every_event
def test_an_event_is_about_a_field_that_it_has(event):
    assert event.subject_field in {entry.name for entry in dataclasses.fields(event)}


@every_event
def test_an_event_says_what_it_means(event):
    assert event.__doc__ is not None
    assert not event.__doc__.startswith(f"{event.__name__}(")


CONTACT_FIELDS = {"email", "phone", "address", "contact_name", "organisation_name"}


@every_event
def test_contact_data_travels_only_in_private_events(event):
    names = {entry.name for entry in dataclasses.fields(event)} - ENVELOPE_FIELDS

    assert event.private == bool(names & CONTACT_FIELDS)
    assert names & CONTACT_FIELDS <= set(event.personal), "what is not in `personal` is neither masked nor erased"


@every_event
def test_erasing_empties_contact_data_and_the_national_number(event):
    names = {entry.name for entry in dataclasses.fields(event)}

    assert names & (CONTACT_FIELDS | {"organisation_id"}) <= event.personal <= names


def test_the_routing_key_tells_service_event_lane_and_municipality():
    event = CaseOpened(
        case_id="c", programme_id="p", state="obliged", organisation_id="o", kind="company", municipality="dk-0101"
    )

    assert routing_key(event, Lane.BULK) == "registration.case_opened.bulk.dk-0101"


@every_event
def test_a_sample_holds_against_the_published_schemas(event):
    message = sample(event)

    jsonschema_rs.validate(envelope_schema(), message)
    jsonschema_rs.validate(schema_of_data(event), message["data"])


@every_event
def test_the_published_schema_refuses_data_without_a_required_field(event):
    schema, data = schema_of_data(event), sample(event)["data"]

    for name in schema["required"]:
        assert not jsonschema_rs.is_valid(schema, {key: value for key, value in data.items() if key != name})


@every_event
def test_an_event_only_grows(event):
    assert (ROOT / FOLDER / f"{event.type_name()}.json").exists(), "run: python -m operations.documents --freeze"

    assert breaks(event, ROOT) == []


@every_event
def test_an_event_is_frozen_as_it_is_today(event):
    frozen = json.loads((ROOT / FOLDER / f"{event.type_name()}.json").read_text())

    assert frozen == schema_of_data(event), "run: python -m operations.documents --freeze"


def test_no_event_that_was_ever_frozen_is_gone():
    frozen = {path.stem for path in (ROOT / FOLDER).glob("*.json")}

    assert frozen <= {event.type_name() for event in EVENTS}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda schema: schema["properties"].pop("phone"), "phone was removed"),
        (lambda schema: schema["properties"]["phone"].update(type="string"), "phone changed its type"),
        (lambda schema: schema["required"].append("phone"), "phone changed whether it is required"),
        (lambda schema: schema["required"].remove("state"), "state changed whether it is required"),
    ],
)
def test_a_change_that_readers_stumble_over_is_found(change, sentence):
    current = schema_of_data(ContactChanged)
    change(current)

    assert any(sentence in found for found in breaking_changes(schema_of_data(ContactChanged), current))


def test_an_added_optional_field_breaks_nothing():
    current = schema_of_data(ContactChanged)
    current["properties"]["fax"] = {"type": ["string", "null"], "default": None}

    assert list(breaking_changes(schema_of_data(ContactChanged), current)) == []


def test_freezing_refuses_a_break_and_writes_nothing(tmp_path):
    freeze(tmp_path)
    path = tmp_path / FOLDER / f"{CaseOpened.type_name()}.json"
    older = json.loads(path.read_text())
    older["properties"]["legal_form"] = {"type": "string"}
    path.write_text(json.dumps(older))

    broken = freeze(tmp_path)

    assert broken == ["registration.case_opened.v1.legal_form was removed"]
    assert json.loads(path.read_text()) == older


def test_a_changed_and_a_left_over_document_are_stale(tmp_path):
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pyproject.toml").write_bytes((ROOT / "contracts" / "pyproject.toml").read_bytes())
    write(tmp_path)
    page, left_over = tmp_path / "docs" / "events.md", tmp_path / "docs" / "schemas" / "gone.v1.json"
    page.write_text("changed by hand")
    left_over.write_text("{}")

    assert stale(tmp_path) == [page, left_over]


def test_every_reference_in_the_asyncapi_document_leads_somewhere():
    texts = generated(ROOT)
    document = json.loads(texts[ROOT / "docs" / "asyncapi.json"])

    for reference in references(document):
        file, _, pointer = reference.partition("#/")
        target = json.loads(texts[ROOT / "docs" / file]) if file else document
        for step in filter(None, pointer.split("/")):
            target = target[step]


def references(node):
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)
