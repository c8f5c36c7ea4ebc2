"""Whatever is wrong with a field, programs are told what to do about it."""

from inspect import getmembers, isclass

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema, ValidationError, fields, validate

from web.remedies import with_remedy

VALIDATORS = (
    validate.URL(),
    validate.Email(),
    validate.Range(1, 3),
    validate.Range(1, 3, min_inclusive=False, max_inclusive=False),
    validate.Range(min=5),
    validate.Range(max=1),
    validate.Length(5, 7),
    validate.Length(min=5),
    validate.Length(max=1),
    validate.Length(equal=7),
    validate.Equal(7),
    validate.Regexp("^$"),
    validate.Predicate("isdigit"),
    validate.NoneOf(["a@b"]),
    validate.OneOf(["a", "b"]),
    validate.ContainsOnly(["c"]),
    validate.ContainsNoneOf(["a"]),
)
VALUES = (4, "ab", "a@b", ["a"])


def said_by_fields() -> set[str]:
    kinds = [kind for _, kind in getmembers(fields, isclass) if issubclass(kind, fields.Field)]
    said = {
        text.format(obj_type=getattr(kind, "OBJ_TYPE", ""), awareness=getattr(kind, "AWARENESS", ""), choices="a, b")
        for kind in kinds
        for holder in kind.__mro__
        for name, text in vars(holder).get("default_error_messages", {}).items()
        if name != "format"  # said to who writes an answer, not to who sends a request
    }
    return {text for text in said if "  " not in text and "valid ." not in text}


def refusal(validator: validate.Validator, value: object) -> list[str]:
    try:
        validator(value)
    except ValidationError as error:
        return [str(message) for message in error.messages]
    except (TypeError, AttributeError):
        return []  # no such value comes to it
    return []


def said_by_validators() -> set[str]:
    said = [{text for value in VALUES for text in refusal(validator, value)} for validator in VALIDATORS]
    assert all(said)
    return set().union(*said)


def test_every_kind_of_validator_is_looked_at() -> None:
    kinds = {kind for _, kind in getmembers(validate, isclass) if issubclass(kind, validate.Validator)}

    assert kinds - {validate.Validator, validate.And} == {type(validator) for validator in VALIDATORS}


@pytest.mark.parametrize(
    "message", sorted({*said_by_fields(), *said_by_validators(), *Schema._default_error_messages.values()})
)
def test_marshmallows_own_words_become_a_sentence_with_a_remedy(message: str) -> None:
    told = with_remedy(message)

    assert told != message
    assert told.split()[0] in {"Add", "Write", "Leave", "Send", "Choose", "Shorten"}
    assert "{}" not in told


def test_the_choices_and_figures_stay_in_it() -> None:
    assert with_remedy("Must be one of: da, sv, en.") == "Choose one of: da, sv, en."
    assert with_remedy("Length must be between 1 and 64.") == "Write at least 1 and at most 64 here."
    assert with_remedy("Our own sentence; mend it.") == "Our own sentence; mend it."


def test_an_api_says_what_to_do(client: FlaskClient) -> None:
    answer = client.post("/library/api/books", json={"title": None, "pages": "many", "colour": "red"})

    assert answer.json is not None
    assert {error["field"]: error["message"] for error in answer.json["errors"]} == {
        "title": "Write a value here in place of null.",
        "pages": "Write a whole number, as 3.",
        "colour": "Leave this field out or correct its name; it is not known here.",
    }


def test_a_body_that_is_no_object_is_told_so(client: FlaskClient) -> None:
    answer = client.post("/library/api/books", json=["Emma"])

    assert answer.json is not None
    assert answer.json["errors"] == [
        {"field": "", "message": 'Send an object with the documented fields, as {"name": "value"}.'}
    ]
