"""A programme that nothing can be reckoned from is refused when it comes, and stops nobody's reminders."""

from datetime import timedelta

import pytest

from services.notifications.domain.refusals import ProgrammeUnreadable
from tests.notifications.builders import MONDAY, a_case_opened, a_contact, a_definition, a_programme_applied, a_step

YESTERDAY = MONDAY - timedelta(days=1)
UNREADABLE = [
    {"cap": {"messages": 3, "days": 999_999_999_999}},
    {"cap": {"messages": 3, "days": 999_999_999}},
    {"ladder": [a_step(days_before=5_600_000)]},
    {"ladder": [a_step(useless_after_days=21_000_000)]},
    {"reminders": {"session": [{"before_hours": 1_000_000_000, "channels": ["email"]}]}},
    {"time_zone": "Atlantis/Poseidonis"},
    {"quiet_hours": None},
]


@pytest.mark.parametrize("changes", UNREADABLE, ids=str)
def test_a_programme_that_cannot_be_read_is_refused_and_the_others_go_on(platform, catcher, changes):
    platform.at(YESTERDAY).tell(a_programme_applied(), a_case_opened(at=YESTERDAY), a_contact(at=YESTERDAY))
    unreadable = a_programme_applied(sequence=2, **changes)

    with pytest.raises(ProgrammeUnreadable):
        platform.tell(unreadable)

    platform.at(MONDAY).plan().send(catcher.outlets)
    assert [row.state for row in platform.messages(purpose="ladder:mail-1")] == ["sent"]
    with platform.database.begin() as uow:
        query = "SELECT definition FROM programmes"
        assert uow.connection.exec_driver_sql(query).scalar_one() == a_definition()
