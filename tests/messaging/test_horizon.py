"""The ledger forgets a stretch of an outbox only when nothing can appear in it any more."""

import pytest

from messaging import horizon
from messaging.horizon import Horizon


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(horizon, "REST_SECONDS", 0)


def test_the_first_reading_is_never_complete() -> None:
    assert Horizon().reach(10, oldest_open=100, next_transaction=100) == 0


def test_a_reading_is_complete_when_all_that_was_open_has_ended() -> None:
    outbox = Horizon()

    outbox.reach(10, oldest_open=95, next_transaction=100)

    assert outbox.reach(15, oldest_open=100, next_transaction=120) == 10


def test_an_open_transaction_keeps_the_reading_incomplete() -> None:
    outbox = Horizon()

    outbox.reach(10, oldest_open=95, next_transaction=100)

    assert outbox.reach(15, oldest_open=99, next_transaction=120) == 0
    assert outbox.reach(20, oldest_open=100, next_transaction=140) == 10
