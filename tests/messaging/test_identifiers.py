"""Ids: of the version they say, in the order they were made, and never those of another process."""

import multiprocessing
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from messaging.identifiers import made_at, new_id

MORE_THAN_ARE_DRAWN = 2_000
"""Random bits are drawn for some hundreds of ids at a time."""


def _some(_: int = 0) -> list[str]:
    return [new_id() for _ in range(MORE_THAN_ARE_DRAWN)]


def _random_part(some_id: str) -> str:
    return some_id[19:]


def test_an_id_is_a_uuid_of_version_seven_that_tells_when_it_was_made() -> None:
    before = time.time()
    made = new_id()
    parsed = uuid.UUID(made)
    assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, made)
    moment = made_at(made)
    assert moment is not None
    assert before - 0.001 <= moment <= time.time() + 0.001


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = _some()
    assert made == sorted(made)


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = [some_id for ids in threads.map(_some, range(8)) for some_id in ids]
    assert len(set(map(_random_part, made))) == len(made) == 8 * MORE_THAN_ARE_DRAWN


def test_a_forked_process_makes_ids_of_its_own() -> None:
    """gunicorn's workers, and the processes that a template starts, are forks: in one millisecond only the bits differ."""
    new_id()  # the bits are drawn
    forking = multiprocessing.get_context("fork")
    with forking.Pool(2) as children:
        parts = [set(map(_random_part, ids)) for ids in (_some(), *children.map(_some, range(4), chunksize=1))]
    assert len(set[str]().union(*parts)) == sum(map(len, parts))
