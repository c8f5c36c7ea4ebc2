"""Bytes that are no event are refused with the field and the reason."""

import json

import pytest

from frist_contracts import BookingConfirmed, CaseOpened, UnknownEventError, UnreadableEventError, decode
from operations.documents.json_schemas import schema_of_data
from tests.contracts.samples import every_event, sample

ENVELOPE = ("id", "source", "type", "subject", "time", "specversion", "data")
ENVELOPE_EXTENSIONS = ("sequence", "position", "municipality", "lane", "correlationid")


def decode_json(message):
    return decode(json.dumps(message).encode())


@pytest.mark.parametrize("name", ENVELOPE + ENVELOPE_EXTENSIONS)
def test_a_missing_attribute_of_the_envelope_is_named(name):
    message = sample(CaseOpened)
    del message[name]

    with pytest.raises(UnreadableEventError, match=name):
        decode_json(message)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "0.3"),
        ("id", 17),
        ("id", ""),
        ("id", "x" * 256),
        ("subject", "with a \x00 in it"),
        ("time", "yesterday"),
        ("time", "2013-09-17T09:12:48"),
        ("sequence", "1"),
        ("sequence", True),
        ("sequence", -1),
        ("position", 1.5),
        ("position", 2**63),
        ("municipality", "x" * 41),
        ("municipality", "dk-0101.#"),
        ("municipality", "Ærø"),
        ("municipality", "dk-0101\n"),
        ("lane", "express"),
        ("source", "/scheduling"),
        ("data", ["a", "list"]),
        ("data", None),
    ],
)
def test_a_wrong_attribute_of_the_envelope_is_named(name, value):
    message = {**sample(CaseOpened), name: value}

    with pytest.raises(UnreadableEventError, match=name):
        decode_json(message)


@every_event
def test_each_missing_required_field_of_the_data_is_named(event):
    for name in schema_of_data(event)["required"]:
        message = sample(event)
        del message["data"][name]

        with pytest.raises(UnreadableEventError, match=name):
            decode_json(message)


@pytest.mark.parametrize("wrong", [17, None, {"a": 1}, ["x"]])
def test_a_text_of_another_type_is_refused_by_name(wrong):
    message = sample(CaseOpened)
    message["data"]["organisation_id"] = wrong

    with pytest.raises(UnreadableEventError, match="organisation_id"):
        decode_json(message)


@pytest.mark.parametrize("wrong", ["0", 0.5, True, None])
def test_a_whole_number_of_another_type_is_refused_by_name(wrong):
    message = sample(BookingConfirmed)
    message["data"]["revision"] = wrong

    with pytest.raises(UnreadableEventError, match="revision"):
        decode_json(message)


@pytest.mark.parametrize("wrong", ["2013-09-24T08:00:00", "soon", 17, None])
def test_an_instant_without_its_offset_inside_the_data_is_refused_by_name(wrong):
    message = sample(BookingConfirmed)
    message["data"]["session"]["starts_at"] = wrong

    with pytest.raises(UnreadableEventError, match="starts_at"):
        decode_json(message)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"[]",
        b'"text"',
        b"17",
        b"null",
        b"[" * 100_000,
        b'{"specversion": NaN}',
        b'{"specversion": "1.0", "type": "registration.case_opened.v1"',
        b"\x00" * 2_000_000,
    ],
    ids=lambda body: f"{len(body)} bytes {body[:12]!r}",
)
def test_bytes_that_are_no_json_object_are_refused(body):
    with pytest.raises(UnreadableEventError, match="body"):
        decode(body)


def test_an_unknown_type_is_named():
    message = {**sample(CaseOpened), "type": "registration.case_invented.v1"}

    with pytest.raises(UnknownEventError, match=r"registration\.case_invented\.v1"):
        decode_json(message)
