"""Lists page by page: nothing skipped, nothing repeated."""

from base64 import urlsafe_b64encode

from flask.testing import FlaskClient

BOOKS = "/library/api/books"


def test_following_next_visits_every_item_once(client: FlaskClient) -> None:
    titles = [f"book {number:02}" for number in range(7)]
    for title in titles:
        client.post(BOOKS, json={"title": title})

    seen: list[str] = []
    query: dict[str, str] | None = {"limit": "3"}
    while query:
        page = client.get(BOOKS, query_string=query).json
        assert page is not None
        seen += [book["title"] for book in page["items"]]
        query = {"limit": "3", "after": page["next"]} if page["next"] else None

    assert seen == titles


def test_a_broken_cursor_and_a_wild_limit_are_refused(client: FlaskClient) -> None:
    answer = client.get(BOOKS, query_string={"after": "nonsense!", "limit": "100000"})

    assert answer.status_code == 422
    assert answer.json is not None
    assert {error["field"] for error in answer.json["errors"]} == {"after", "limit"}


def test_a_cursor_that_is_too_deep_is_no_cursor(client: FlaskClient) -> None:
    deep = urlsafe_b64encode(b"[" * 3_000).decode()

    assert client.get(BOOKS, query_string={"after": deep}).status_code == 422
