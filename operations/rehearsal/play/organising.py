"""What organisations and the authority do on a day: register, answer, change their minds, answer the survey."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from operations.rehearsal.play import behaviour
from operations.rehearsal.play.mailbox import Caught
from operations.rehearsal.play.participants import Agenda, Everybody, Participant, SurveyPlan
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.streams import Streams
from operations.rehearsal.world.programme import Programme

TRIES = 10
"""Days on which somebody without a seat looks again before the wish to change it is forgotten."""


@dataclass(frozen=True)
class SeatWish:
    """Somebody wants to move or cancel a seat that `starts_at`; `free` are the others that fit."""

    what: str
    participant: Participant
    starts_at: str
    free: list[Any]


class Organising:
    """The participants of the replay and their plans."""

    def __init__(self, platform: Platform, programme: Programme, everybody: Everybody, agenda: Agenda) -> None:
        self._platform, self._programme, self._agenda = platform, programme, agenda
        self._everybody = everybody
        self._tries: dict[str, int] = {}
        for each in everybody.all:
            self._plan_arrival(each)
        self._plan_erasures()

    def read_mail(self, caught: Sequence[Caught], day: date) -> None:
        """Notice reminders, and decide whether and when the survey is answered."""
        for message in caught:
            participant = self._everybody.by_address.get(message.to)
            if participant is None:
                continue
            if message.is_reminder:
                participant.reminders.append(day)
            if message.survey_link:
                self._plan_survey(participant, message, day)

    def look_at_seats(self, day: date, streams: Streams) -> list[SeatWish]:
        """Those who want to change their seat today, with what is free for them; who has none yet looks again tomorrow."""
        wishes = [(what, each) for what, each in self._due(day, "move", "cancel") if not each.left]
        places = streams.in_any_order(wishes, lambda wish: self._platform.place(wish[1].token))
        booked = []
        for (what, each), place in zip(wishes, places, strict=True):
            if place["booking"] is not None:
                booked.append(SeatWish(what, each, place["booking"]["session"]["starts_at"], place["free"]))
            elif place["state"] == "waiting":
                self._look_again(what, each, day)
        return booked

    def change_seats(self, wishes: Sequence[SeatWish]) -> None:
        """Move and cancel seats, of those who still take part.

        Choices are made from what was free when nothing moved, and the seats are given up in the order of their
        sessions: so it does not matter how soon each is given to the next in line.
        """
        taken: set[str] = set()
        for wish in sorted(wishes, key=lambda one: (one.starts_at, one.participant.order)):
            if not wish.participant.left:
                self._change_seat(wish, taken)

    def end_cases(self, day: date) -> int:
        """Withdraw, exempt, bring evidence, erase, return letters; how many seats may have become free."""
        endings = self._due(day, "withdraw", "exempt", "evidence", "erase")
        for what, each in endings:
            self._end(what, each)
        for each in self._agenda.due(day, "letter returns"):
            self._return_letter(each, day)
        return sum(1 for _, each in endings if each.one.topics)

    def arrive(self, day: date, streams: Streams) -> int:
        """Register, and answer the inventory; how many came."""
        arriving = self._agenda.due(day, "arrive")
        answering = self._agenda.due(day, "answer")
        streams.in_order(arriving, lambda each: each.municipality, self._register)
        streams.in_order(answering, lambda each: each.municipality, self._answer)
        for each in arriving:
            self._plan_after_arrival(each, day)
        return len(arriving)

    def answer_surveys(self, day: date, streams: Streams) -> int:
        """Answer the surveys whose time has come, of those who are still known; how many."""
        surveys = [survey for survey in self._agenda.due_surveys(day) if not survey.participant.erased]
        streams.in_any_order(surveys, self._answer_survey)
        return len(surveys)

    def _plan_arrival(self, each: Participant) -> None:
        if each.one.arrives_on is not None:
            self._agenda.plan(each.one.arrives_on, "arrive", each)
        exempt_on = behaviour.exempt_on(each.one, self._programme.days) if self._programme.exemption_grounds else None
        if exempt_on is not None:
            self._agenda.plan(exempt_on, "exempt", each)
        returns_on = behaviour.letter_returns_on(each.one, self._programme.days)
        if returns_on is not None:
            self._agenda.plan(returns_on, "letter returns", each)

    def _plan_erasures(self) -> None:
        """The first two to arrive who want help and can be told of it by mail."""
        helped = [each for each in self._everybody.all if each.one.arrives_on and each.one.topics and each.one.email]
        first = sorted(helped, key=lambda each: (each.one.arrives_on, each.order))
        for each, after_days in zip(first, behaviour.ERASED_AFTER_DAYS, strict=False):
            if each.one.arrives_on is not None:
                self._agenda.plan(each.one.arrives_on + timedelta(days=after_days), "erase", each)

    def _register(self, each: Participant) -> None:
        if each.left:
            return
        each.case_id, token = self._platform.register(each.one, self._programme.programme_id)
        each.token, each.left = token or "", token is None
        self._everybody.by_case[each.case_id] = each
        if behaviour.inventory_delay(each.one) == 0:
            self._answer(each)

    def _answer(self, each: Participant) -> None:
        if not each.left:
            self._platform.answer_inventory(each.case_id, each.token, each.one)

    def _plan_after_arrival(self, each: Participant, day: date) -> None:
        delay = behaviour.inventory_delay(each.one)
        if delay:
            self._agenda.plan(day + timedelta(days=delay), "answer", each)
        wish = behaviour.wish(each.one)
        if wish is not None:
            self._agenda.plan(day + timedelta(days=wish.after_days), wish.what, each)
        evidence = behaviour.evidence_after(each.one) if not each.one.topics else None
        if evidence is not None:
            self._agenda.plan(day + timedelta(days=evidence), "evidence", each)

    def _due(self, day: date, *kinds: str) -> list[tuple[str, Participant]]:
        """Who does which of these today; whoever had a session today does it tomorrow."""
        due = [(what, each) for what in kinds for each in self._agenda.due(day, what)]
        for what, each in due:
            if each.last_session == day:
                self._agenda.plan(day + timedelta(days=1), what, each)
        return [(what, each) for what, each in due if each.last_session != day]

    def _look_again(self, what: str, each: Participant, day: date) -> None:
        """Who has no seat yet looks again tomorrow, but not for ever."""
        if self._tries.setdefault(each.case_id, TRIES) > 0:
            self._tries[each.case_id] -= 1
            self._agenda.plan(day + timedelta(days=1), what, each)

    def _change_seat(self, wish: SeatWish, taken: set[str]) -> None:
        each = wish.participant
        if wish.what == "cancel":
            self._platform.cancel(each.token)
            return
        choice = [seat["session_id"] for seat in wish.free if seat["session_id"] not in taken][:8]
        if choice:
            chosen = each.one.chance.choose("moves to", choice)
            taken.add(chosen)
            self._platform.take_seat(each.token, chosen)

    def _end(self, what: str, each: Participant) -> None:
        if what == "withdraw":
            if not each.left:
                self._platform.withdraw(each.token)
        elif what == "erase":
            each.erased = True
            self._platform.erase(each.case_id)
        else:
            self._close(what, each)
        each.left = True

    def _close(self, what: str, each: Participant) -> None:
        case_id = each.case_id or self._platform.find_case(self._programme.programme_id, each.one.number)
        if case_id is None:
            return
        if what == "exempt":
            ground = each.one.chance.choose("ground", self._programme.exemption_grounds)
            self._platform.close_case(case_id, "exempt", ground)
        else:
            self._platform.close_case(case_id, "fulfilled", "confirmed_by_authority", f"journal {each.order + 1:06}")

    def _return_letter(self, each: Participant, day: date) -> None:
        """The post brings a letter back; before the first wave of letters there is none."""
        case_id = self._platform.find_case(self._programme.programme_id, each.one.number)
        if case_id is not None and not self._platform.return_letter(case_id):
            self._agenda.plan(day + timedelta(days=7), "letter returns", each)

    def _plan_survey(self, participant: Participant, message: Caught, day: date) -> None:
        participant.surveys += 1
        delay = behaviour.survey_delay(participant.one, message.channel, participant.surveys)
        if delay is not None:
            self._agenda.plan_survey(day + delay, SurveyPlan(participant, message.survey_link, participant.surveys))

    def _answer_survey(self, survey: SurveyPlan) -> None:
        answer = behaviour.survey_answer(survey.participant.one, survey.number)
        self._platform.answer_survey(survey.path, answer)
