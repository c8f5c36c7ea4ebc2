"""People's choices depend on who chooses what, and never on the order of answers."""

from collections import Counter

import pytest

from operations.rehearsal.play import behaviour
from tests.rehearsal.builders import some_organisations

EVERYBODY = some_organisations(6000)


def test_no_shows_grow_with_lead_time_up_to_a_cap_and_reminders_cut_a_quarter() -> None:
    def share(lead_days: int, *, reminded: bool = False) -> float:
        absent = [one for one in EVERYBODY if behaviour.stays_away(one, 1, lead_days, reminded=reminded)]
        return len(absent) / len(EVERYBODY)

    assert share(0) == pytest.approx(0.04, abs=0.01)
    assert share(10) == pytest.approx(0.10, abs=0.015)
    assert share(90) == pytest.approx(0.22, abs=0.02)
    assert share(10, reminded=True) == pytest.approx(0.076, abs=0.015)


def test_a_reminder_never_keeps_away_one_who_would_have_come() -> None:
    kept_away = [
        one
        for one in EVERYBODY
        if behaviour.stays_away(one, 1, 10, reminded=True) and not behaviour.stays_away(one, 1, 10, reminded=False)
    ]

    assert kept_away == []


def test_moves_cancellations_and_withdrawals_are_as_frequent_as_the_figures_say() -> None:
    wishes = Counter(wish.what for wish in map(behaviour.wish, EVERYBODY) if wish)

    assert wishes["move"] / 6000 == pytest.approx(0.08, abs=0.01)
    assert wishes["cancel"] / 6000 == pytest.approx(0.04, abs=0.01)
    assert wishes["withdraw"] / 6000 == pytest.approx(0.015, abs=0.005)


def test_most_sessions_achieve_every_topic_and_the_others_leave_one_open() -> None:
    topics = ["digital_signature", "digital_mailbox"]
    left_open = [sum(not one["achieved"] for one in behaviour.outcomes(each, 1, topics)) for each in EVERYBODY]

    assert set(left_open) == {0, 1}
    assert left_open.count(0) / 6000 == pytest.approx(0.92, abs=0.01)


def test_surveys_are_answered_by_a_third_of_those_asked_and_most_are_satisfied() -> None:
    answered = [one for one in EVERYBODY if behaviour.survey_delay(one, "email", 1) is not None]
    answers = [behaviour.survey_answer(one, 1) for one in EVERYBODY]

    assert len(answered) / 6000 == pytest.approx(0.35, abs=0.02)
    assert sum(answer["score"] >= 4 for answer in answers) / 6000 == pytest.approx(0.85, abs=0.02)
    assert sum(answer["first_visit"] for answer in answers) / 6000 == pytest.approx(0.60, abs=0.02)
