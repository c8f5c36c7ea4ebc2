"""A programme that nothing can be reckoned from is refused when it comes, and stops nobody's seats."""

import pytest

from services.scheduling.domain.refusals import ProgrammeUnreadable
from tests.scheduling.builders import a_coach, a_definition, a_programme, a_venue, an_assessment

ALLOCATION = a_definition()["allocation"]
UNREADABLE = [
    {"allocation": {**ALLOCATION, "horizon_days": 28_000_000}},
    {"allocation": {**ALLOCATION, "minimum_notice_hours": 1_000_000_000}},
    {"help_forms": {"desk": {"minutes": 45_000_000_000_000, "seats": 1}}},
    {"ends_on": "9999-12-31"},
    {"time_zone": "Atlantis/Poseidonis"},
    {"topics": None},
]


@pytest.mark.parametrize("changes", UNREADABLE, ids=str)
def test_a_programme_that_cannot_be_read_is_refused_and_the_others_go_on(world, changes):
    unreadable = a_programme(programme_id="dk-of-no-use", **changes)

    with pytest.raises(ProgrammeUnreadable):
        world.hear(unreadable)

    world.has(a_venue(), a_coach())
    world.hear(an_assessment())
    world.tick()
    assert world.placement().state == "booked"
    assert world.scalar("SELECT count(*) FROM programmes") == 1
