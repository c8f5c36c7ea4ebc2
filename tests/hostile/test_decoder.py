"""Thousands of generated messages through the real decoder: a safe event or an understandable reason, nothing else."""

import pytest

from tests.hostile.__main__ import decoded
from tests.hostile.specimen import KINDS, specimens

SEEDS = (1, 2, 3, 4)
EACH = 5_000


@pytest.mark.parametrize("seed", SEEDS)
def test_every_message_is_an_event_or_refused_with_a_reason(seed: int) -> None:
    outcomes, broken, _memory = decoded(seed, EACH)

    assert broken == []
    assert outcomes["applied"] > EACH / 10
    assert outcomes["refused"] > EACH / 3


def test_the_same_seed_makes_the_same_messages_and_every_kind_comes() -> None:
    first, again = (list(specimens(5, EACH)) for _ in range(2))

    assert first == again
    assert {specimen.kind for specimen in first} == set(KINDS)
