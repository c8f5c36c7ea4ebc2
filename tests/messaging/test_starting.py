"""A process that starts is not searched for garbage, and what it is made of by then never is."""

import gc
from collections.abc import Iterator

import pytest

from messaging.starting import starting


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_nobody_looks_for_garbage_until_the_process_has_started() -> None:
    with starting():
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000


def test_of_two_that_start_together_the_outer_one_ends_it() -> None:
    before = gc.get_freeze_count()

    with starting():
        with starting():
            pass
        assert not gc.isenabled()
        assert gc.get_freeze_count() == before

    assert gc.get_freeze_count() > before


def test_a_start_that_fails_leaves_the_search_on() -> None:
    with pytest.raises(RuntimeError), starting():
        raise RuntimeError

    assert gc.isenabled()
