"""How people behave, by keyed chance: every decision depends on who decides what, never on the order of answers.

No-shows: 4 % and 0.6 points for each day of lead time, at most 22 %, cut by a quarter when reminded (studies of reminders
before appointments: 0.76 in the advice sector, 0.77 in health care); satisfaction 85 % (Denmark 2013); 92 % of the topics'
sets are achieved in one session. The other figures are assumptions.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from operations.rehearsal.world.organisations import Organisation

MOVES, CANCELS, WITHDRAWS = 0.08, 0.04, 0.015
EXEMPT, RETURNED_LETTERS = 0.0015, 0.03
ANSWERS_AT_ONCE, ANSWERS_LATER = 0.93, 0.06
ACHIEVES_EVERYTHING, SATISFIED, FIRST_VISIT = 0.92, 0.85, 0.60
RESPONSE = {"email": 0.35, "sms": 0.25}
"""Who answers the survey, by the channel its link came on; paper carries no link to press."""

ERASED_AFTER_DAYS = (1, 40)
"""Two organisations ask to be erased so long after they registered: one with its session ahead, one that was helped."""

BASE_NO_SHOW, NO_SHOW_PER_DAY, MOST_NO_SHOW, WHEN_REMINDED = 0.04, 0.006, 0.22, 0.76


def inventory_delay(one: Organisation) -> int | None:
    """Days from registering to the inventory: mostly none, sometimes a few, None for never."""
    share = one.chance.share("answers")
    if share < ANSWERS_AT_ONCE:
        return 0
    return one.chance.whole("answers after", 1, 10) if share < ANSWERS_AT_ONCE + ANSWERS_LATER else None


@dataclass(frozen=True, slots=True)
class Wish:
    """Something an organisation will do by its own link, some days after it registered."""

    what: str
    after_days: int


def wish(one: Organisation) -> Wish | None:
    """What the organisation will want to change: its seat, or nothing."""
    share = one.chance.share("wish")
    for what, probability in {"withdraw": WITHDRAWS, "move": MOVES, "cancel": CANCELS}.items():
        if share < probability:
            return Wish(what, one.chance.whole("wishes after", 1, 6))
        share -= probability
    return None


def evidence_after(one: Organisation) -> int | None:
    """Days until the authority has evidence of the duty from one that manages alone; None when it has none yet."""
    return one.chance.whole("evidence after", 3, 14) if one.chance.happens("evidence", 0.8) else None


def exempt_on(one: Organisation, days: list[date]) -> date | None:
    """The day the authority exempts this organisation, for those few that it does."""
    if not one.chance.happens("exempt", EXEMPT):
        return None
    return one.chance.choose("exempt on", days[len(days) // 3 :])


def letter_returns_on(one: Organisation, days: list[date]) -> date | None:
    """The day a letter to this organisation comes back, for a few of those that are never heard from."""
    if one.arrives_on is not None or not one.chance.happens("letter returns", RETURNED_LETTERS):
        return None
    return one.chance.choose("letter returns on", days[len(days) // 3 :])


def stays_away(one: Organisation, attempt: int, lead_days: int, *, reminded: bool) -> bool:
    """Whether it does not come to its session."""
    probability = min(MOST_NO_SHOW, BASE_NO_SHOW + NO_SHOW_PER_DAY * max(0, lead_days))
    return one.chance.happens(f"stays away {attempt}", probability * (WHEN_REMINDED if reminded else 1.0))


def outcomes(one: Organisation, attempt: int, topics: list[str]) -> list[dict[str, Any]]:
    """What the coach records for each topic; when not everything is achieved, one topic is left open."""
    left_open = None
    if topics and not one.chance.happens(f"achieves {attempt}", ACHIEVES_EVERYTHING):
        left_open = one.chance.choose(f"left open {attempt}", sorted(topics))
    return [_outcome(one, topic, achieved=topic != left_open) for topic in topics]


def _outcome(one: Organisation, topic: str, *, achieved: bool) -> dict[str, Any]:
    before = one.levels.get(topic, 0)
    gain = one.chance.whole(f"learns {topic}", 1, 2) if achieved else 0
    return {"topic": topic, "achieved": achieved, "level_before": before, "level_after": min(3, before + gain)}


def survey_delay(one: Organisation, channel: str, survey: int) -> timedelta | None:
    """How long after the invitation the survey is answered; None for those who never do."""
    if not one.chance.happens(f"answers survey {survey}", RESPONSE.get(channel, 0.0)):
        return None
    return timedelta(days=one.chance.whole(f"survey after {survey}", 0, 4))


COMMENTS = {
    "da": ("God og rolig hjælp.", "Nu kan jeg selv.", "Der var lidt ventetid.", "Biblioteket var nemt at finde."),
    "sv": ("Bra och lugn hjälp.", "Nu klarar jag det själv.", "Det var lite väntetid."),
    "en": ("Good, calm help.", "Now I can do it myself.", "There was a bit of a wait."),
}


def survey_answer(one: Organisation, survey: int) -> dict[str, Any]:
    """The five points, the comment and whether it was the first visit to the library."""
    if one.chance.happens(f"satisfied {survey}", SATISFIED):
        score = one.chance.weighted(f"score {survey}", {4: 0.45, 5: 0.55})
    else:
        score = one.chance.weighted(f"score {survey}", {1: 0.15, 2: 0.25, 3: 0.60})
    speaks = one.chance.happens(f"comments {survey}", 0.2)
    comment = one.chance.choose(f"comment {survey}", COMMENTS[one.language]) if speaks else ""
    first_visit = one.chance.happens("first visit", FIRST_VISIT)
    return {"score": score, "comment": comment, "first_visit": first_visit}
