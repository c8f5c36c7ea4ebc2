"""Every "no" says what is wrong and how to mend it, in one shape."""

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import make_library

BOOKS = "/library/api/books"


def test_a_refusal_becomes_a_problem_with_its_field_and_facts(client: FlaskClient) -> None:
    answer = client.post(BOOKS, json={"title": "taken"})

    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json == {
        "request_id": answer.headers["X-Request-ID"],
        "type": "/problems/book_lent",
        "title": "Book lent",
        "status": 409,
        "detail": "The book is lent; choose another.",
        "errors": [{"field": "title", "message": "The book is lent; choose another."}],
        "back_on": "2013-11-01",
    }


def test_fields_that_do_not_validate_are_named(client: FlaskClient) -> None:
    answer = client.post(BOOKS, json={"pages": "many"})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["type"] == "/problems/invalid_fields"
    assert {error["field"] for error in answer.json["errors"]} == {"title", "pages"}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/library/api/nothing", None, (404, "not_found")),
        ("DELETE", BOOKS, None, (405, "method_not_allowed")),
        ("POST", BOOKS, "{broken", (400, "malformed_request")),
        ("POST", BOOKS, "[" * 200_000, (400, "malformed_request")),
        ("POST", BOOKS, '{"title": ' * 100_000, (400, "malformed_request")),
        ("POST", BOOKS, '{"pages": ' + "9" * 900_000 + "}", (400, "malformed_request")),
        ("POST", BOOKS, "x" * (1024 * 1024 + 1), (413, "body_too_large")),
        ("POST", BOOKS, '{"title": "broken"}', (500, "internal_error")),
    ],
)
def test_errors_of_http_itself_have_the_same_shape(
    client: FlaskClient, method: str, path: str, body: str | None, expected: tuple[int, str]
) -> None:
    answer = client.open(path, method=method, data=body, content_type="application/json")

    status, slug = expected
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"] == f"/problems/{slug}"
    assert answer.json["detail"]


def test_a_method_that_is_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    assert "POST" in client.delete(BOOKS).headers["Allow"]


def test_a_breakage_tells_nothing_of_its_values(client: FlaskClient) -> None:
    with capture_logs() as lines:
        answer = client.post(BOOKS, json={"title": "broken"})

    assert "secret value" not in answer.text + str(lines)
    told = next(line for line in lines if line["event"] == "request_broke")
    assert told["error"] == "RuntimeError"
    assert told["frames"][-1].endswith("add_book")


def test_people_get_a_page_in_their_language(client: FlaskClient) -> None:
    answer = client.get("/library/nothing", headers={"Accept-Language": "sv"})

    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert "Vi hittar inte sidan" in answer.text


def test_a_refusal_on_a_page_is_told_to_the_person(client: FlaskClient) -> None:
    answer = client.get("/library/lent")

    assert answer.status_code == 409
    assert "The book is lent; choose another." in answer.text


def test_while_the_database_is_away_programs_are_told_to_come_back() -> None:
    away = Database("library", "postgresql://nobody@127.0.0.1:1/none", UnitOfWork)

    answer = make_library(away).test_client().post(BOOKS, json={"title": "Emma"})

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["type"] == "/problems/unavailable"
