"""How often and how much a client may send."""

import pytest
from flask.testing import FlaskClient

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import a_key, make_library
from web.rate_limit import RateLimit, TooManyRequests

BOOKS = "/library/api/books"


def test_open_posts_are_limited_for_each_client(database: Database[UnitOfWork]) -> None:
    client = make_library(database, open_posts_per_minute=2).test_client()
    for _ in range(2):
        assert client.post(BOOKS, json={"title": "Emma"}).status_code == 201

    refused = client.post(BOOKS, json={"title": "Emma"})
    elsewhere = client.post(BOOKS, json={"title": "Emma"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 31
    assert elsewhere.status_code == 201


def test_reading_and_keys_are_not_limited(database: Database[UnitOfWork]) -> None:
    client = make_library(database, open_posts_per_minute=1).test_client()
    key = a_key(database)

    for _ in range(3):
        assert client.get(BOOKS).status_code == 200
        assert client.post(BOOKS, json={"title": "Emma"}, headers=key).status_code == 201


@pytest.mark.parametrize(
    ("other", "is_same"),
    [("2001:db8:1:2:ffff::9", True), ("2001:db8:1:3::1", False), ("::ffff:192.0.2.1", False), ("nobody", False)],
)
def test_an_ipv6_network_counts_as_one_client(other: str, is_same: bool) -> None:
    limit = RateLimit(per_minute=1)
    limit.take("2001:db8:1:2::1")

    if is_same:
        with pytest.raises(TooManyRequests):
            limit.take(other)
    else:
        limit.take(other)


def test_an_ipv4_client_is_the_same_however_it_is_written() -> None:
    limit = RateLimit(per_minute=1)
    limit.take("192.0.2.1")
    limit.take("192.0.2.2")

    with pytest.raises(TooManyRequests):
        limit.take("::ffff:192.0.2.1")


def test_a_client_may_go_on_when_time_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("web.rate_limit.time.monotonic", lambda: now)
    limit = RateLimit(per_minute=60)
    for _ in range(60):
        limit.take("client")
    with pytest.raises(TooManyRequests):
        limit.take("client")

    now += 1.0

    limit.take("client")


def test_behind_a_trusted_proxy_the_client_is_whom_the_proxy_saw(database: Database[UnitOfWork]) -> None:
    client = make_library(database, open_posts_per_minute=1, proxies=1).test_client()

    def status(address: str) -> int:
        return client.post(BOOKS, json={"title": "Emma"}, headers={"X-Forwarded-For": address}).status_code

    assert [status("192.0.2.1"), status("192.0.2.2"), status("192.0.2.1")] == [201, 201, 429]


def test_a_view_for_imports_takes_more_than_the_others(client: FlaskClient) -> None:
    two_megabytes = b"x" * (2 * 1024 * 1024)

    assert client.put("/library/api/import", data=two_megabytes).json == {"bytes": len(two_megabytes)}
    assert client.put("/library/api/import", data=two_megabytes * 2).status_code == 413
    assert client.post(BOOKS, data=two_megabytes, content_type="application/json").status_code == 413
