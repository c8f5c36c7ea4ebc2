"""The tests of the tests: each bug that is planted breaks the promise that it should, within a few seeds."""

import pytest

from tests.simulation.planted import PLANTED, Planted
from tests.simulation.play import play
from tests.simulation.theatre import Theatre

MOST_SEEDS = 300


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(theatre: Theatre, bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)

    outcomes = (play(theatre, seed, has_ledger=bug.needs_ledger) for seed in range(bug.first, bug.first + MOST_SEEDS))
    found = next((outcome.findings for outcome in outcomes if outcome.findings), [])

    assert {finding.promise for finding in found} & set(bug.breaks), found[:5]
