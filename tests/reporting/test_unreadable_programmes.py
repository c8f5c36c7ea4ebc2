"""A programme that nothing can be counted by is refused when it comes, and breaks nobody's pages."""

from typing import Any

import pytest

from services.reporting.domain.programme import ProgrammeUnreadable
from services.reporting.handlers import overview
from tests.reporting import world

UNREADABLE: list[dict[str, Any]] = [
    {"starts_on": "some day"},
    {"deadline": "0001-01-01"},
    {"time_zone": "Atlantis/Poseidonis"},
    {"suppress_below": "few"},
    {"topics": [{"names": {}}]},
    {"names": None},
]


@pytest.mark.parametrize("changes", UNREADABLE, ids=str)
def test_a_programme_that_cannot_be_read_is_refused_and_the_others_are_shown(
    known: Any, changes: dict[str, Any]
) -> None:
    unreadable = world.numbered([world.a_programme_applied(programme_id="dk-of-no-use", **changes)])

    with pytest.raises(ProgrammeUnreadable):
        world.apply(known, unreadable)

    assert [programme.programme_id for programme in overview.programmes(known)] == [world.PROGRAMME]
