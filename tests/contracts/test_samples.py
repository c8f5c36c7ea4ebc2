"""What was once published can be read for ever."""

import json

from frist_contracts import EVENTS, decode, encode, with_position
from operations.documents.json_schemas import schema_of_data
from tests.contracts.samples import FOLDER, every_event, sample, sample_bytes, sample_path


def test_each_event_version_has_exactly_one_frozen_sample():
    samples = {path.name for path in FOLDER.glob("*.json")}

    assert samples == {sample_path(event).name for event in EVENTS}


@every_event
def test_a_sample_is_read_as_its_event(event):
    envelope = decode(sample_bytes(event))

    assert type(envelope.event) is event
    assert envelope.type == event.type_name()
    assert envelope.subject == envelope.event.subject
    assert envelope.producer == event.producer


@every_event
def test_a_sample_that_is_written_again_says_the_same(event):
    envelope = decode(sample_bytes(event))

    body = encode(
        envelope.event,
        event_id=envelope.event_id,
        time=envelope.time,
        lane=envelope.lane,
        correlation_id=envelope.correlation_id,
        causation_id=envelope.causation_id,
        traceparent=envelope.traceparent,
    )

    assert json.loads(with_position(body, envelope.event.position)) == sample(event)


@every_event
def test_fields_that_a_reader_does_not_know_are_ignored(event):
    grown = sample(event)
    grown["data"]["added_in_a_later_year"] = {"anything": [1, None]}
    grown["addedextension"] = "of a later year"

    envelope = decode(json.dumps(grown).encode())

    assert envelope.event == decode(sample_bytes(event)).event


@every_event
def test_fields_with_a_default_may_be_absent(event):
    full = sample(event)
    optional = set(full["data"]) - required_fields(event)
    full["data"] = {name: value for name, value in full["data"].items() if name not in optional}

    envelope = decode(json.dumps(full).encode())

    assert type(envelope.event) is event


def required_fields(event):
    return set(schema_of_data(event)["required"])
