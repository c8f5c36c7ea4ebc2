"""What no database can keep is refused on the way in, with the field it stands in: NUL and half a surrogate pair."""

import json

import pytest
from flask.testing import FlaskClient

from messaging.storable import unstorable_paths
from tests.web.test_csrf import token_of
from web.paging import encode_cursor

BOOKS = "/library/api/books"
REMEDY = "Remove the invisible characters."

unstorable = pytest.mark.parametrize("character", ["\0", "\ud800"], ids=["NUL", "half a surrogate pair"])


@unstorable
def test_json_is_refused_with_its_field(client: FlaskClient, character: str) -> None:
    answer = client.post(BOOKS, data=json.dumps({"title": f"Em{character}ma"}), content_type="application/json")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"] == [{"field": "title", "message": REMEDY}]


@unstorable
def test_every_place_in_json_is_found_and_a_name_by_what_it_stands_in(character: str) -> None:
    data = {"a": [{"b": character}, "fine", 1, None], "c": {f"d{character}": 1}, "e": {"f": "😀\n"}}

    assert sorted(unstorable_paths(data), key=str) == [("a", 0, "b"), ("c",)]
    assert unstorable_paths(character) == [()]


def test_json_that_is_deeper_than_calls_can_be_is_looked_through() -> None:
    deep: object = "\0"
    for _ in range(10_000):
        deep = [deep]

    assert [len(path) for path in unstorable_paths(deep)] == [10_000]


def test_a_query_is_refused_with_its_field(client: FlaskClient) -> None:
    answer = client.get(f"{BOOKS}?limit=2&after=%00")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"] == [{"field": "after", "message": REMEDY}]


def test_a_query_without_a_name_is_refused_as_a_whole(client: FlaskClient) -> None:
    answer = client.get(f"{BOOKS}?=%00")

    assert answer.json is not None
    assert (answer.status_code, answer.json["errors"]) == (422, [{"field": "", "message": REMEDY}])


def test_a_cursor_that_was_made_to_hold_such_a_text_is_none(client: FlaskClient) -> None:
    answer = client.get(BOOKS, query_string={"after": encode_cursor("\0")})

    assert answer.status_code == 422


def test_an_address_with_such_a_text_leads_nowhere(client: FlaskClient) -> None:
    assert client.get("/library/api/case/%00").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("da", "Fjern de usynlige tegn."), ("en", REMEDY)])
def test_a_form_is_refused_in_the_readers_language(client: FlaskClient, language: str, words: str) -> None:
    form = {"title": "Em\0ma", "csrf_token": token_of(client)}

    answer = client.post(f"/library/borrow?language={language}", data=form)

    assert answer.status_code == 422
    assert answer.text.count(words) == 1
