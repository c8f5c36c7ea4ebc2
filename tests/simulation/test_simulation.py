"""Every promise of delivery holds in every order of things that a seed can think of; `make faults` plays 100,000."""

import os

from tests.simulation.campaign import Tally, run
from tests.simulation.play import play
from tests.simulation.theatre import Theatre

SEEDS = 700


def test_every_promise_holds_whatever_goes_wrong_and_when() -> None:
    tally = Tally(first=0, seeds=SEEDS)

    run(tally, jobs=os.cpu_count() or 1)

    assert tally.failures == {}, "python -m tests.simulation --seed N --trace shows what happened"
    assert tally.played == SEEDS


def test_a_seed_is_the_same_play_again(theatre: Theatre) -> None:
    def schedule(seed: int) -> list[str]:
        lines: list[str] = []
        play(theatre, seed, lines.append)
        return lines

    first = [schedule(seed) for seed in range(5)]

    assert [schedule(seed) for seed in range(5)] == first
    assert all(len(lines) > 50 for lines in first)


def test_seeds_reach_what_is_rare(theatre: Theatre) -> None:
    """Retries, suspects, parked events, resends and lost commit answers are played, not only possible."""
    rare = {"event_retried", "event_suspected", "event_parked", "resend_asked", "events_refused", "its answer lost",
            "waits for a lock", "broker returns", "is killed"}  # fmt: skip

    def tell(line: str) -> None:
        rare.difference_update([words for words in rare if words in line])

    for seed in range(100):
        play(theatre, seed, tell)
        if not rare:
            return

    assert not rare
