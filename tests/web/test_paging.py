"""Lists page by page: nothing skipped, nothing repeated."""

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
