"""What coaches do at the end of a day: read their list, record who came and what was achieved, open courses."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from operations.rehearsal.play import behaviour
from operations.rehearsal.play.participants import Agenda, Everybody, Participant
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.streams import Streams
from operations.rehearsal.world.courses import STARTS_AT, Course
from operations.rehearsal.world.libraries import Coach
from operations.rehearsal.world.programme import Programme


@dataclass(frozen=True)
class Appointment:
    """A booking on a coach's list, and the participant it is for."""

    booking_id: str
    participant: Participant
    starts_at: str
    booked_on: date
    topics: list[str]


class Coaching:
    """The coaches of the replay."""

    def __init__(
        self,
        platform: Platform,
        programme: Programme,
        everybody: Everybody,
        coaches: Iterable[Coach],
        courses: Iterable[Course],
    ) -> None:
        self._platform, self._programme, self._everybody = platform, programme, everybody
        self._by_weekday: dict[int, list[Coach]] = defaultdict(list)
        for coach in coaches:
            for weekday in sorted({stretch.weekday for stretch in coach.week}):
                self._by_weekday[weekday].append(coach)
        self._courses_on: dict[date, list[Coach]] = defaultdict(list)
        self._opened_on: dict[date, list[Course]] = defaultdict(list)
        for course in courses:
            self._courses_on[course.day].append(course.coach)
            self._opened_on[max(course.opened_on, programme.starts_on)].append(course)

    def open_courses(self, day: date) -> None:
        """Open the courses that are announced today."""
        for course in self._opened_on.pop(day, []):
            self._platform.open_course(self._body(course))

    def record_day(self, day: date, streams: Streams, agenda: Agenda) -> int:
        """Record everybody who had a session today; how many that were."""
        at_work = list(dict.fromkeys([*self._by_weekday[day.weekday()], *self._courses_on.get(day, [])]))
        lists = streams.in_any_order(at_work, lambda coach: self._appointments(coach, day))
        appointments = sorted(
            (each for appointments in lists for each in appointments),
            key=lambda each: (each.starts_at, each.participant.order),
        )
        streams.in_order(appointments, lambda each: each.participant.municipality, lambda each: self._record(each, day))
        for each in appointments:
            self._plan_evidence(each, day, agenda)
        return len(appointments)

    def _appointments(self, coach: Coach, day: date) -> list[Appointment]:
        sessions = self._platform.day_of(coach.coach_id, day)["sessions"]
        return [
            self._appointment(session, booking)
            for session in sessions
            for booking in session["bookings"]
            if booking["state"] == "booked"
        ]

    def _appointment(self, session: dict[str, Any], booking: dict[str, Any]) -> Appointment:
        booked_at = datetime.fromisoformat(booking["booked_at"])
        return Appointment(
            booking_id=booking["booking_id"],
            participant=self._everybody.by_number[booking["number"]],
            starts_at=session["starts_at"],
            booked_on=booked_at.astimezone(self._programme.zone).date(),
            topics=list(booking["topics"]),
        )

    def _record(self, each: Appointment, day: date) -> None:
        participant = each.participant
        participant.sessions += 1
        reminded = any(each.booked_on <= on <= day for on in participant.reminders)
        lead_days = (day - each.booked_on).days
        if behaviour.stays_away(participant.one, participant.sessions, lead_days, reminded=reminded):
            self._platform.record(each.booking_id, {"attended": False, "outcomes": [], "rebook": True})
            return
        outcomes = behaviour.outcomes(participant.one, participant.sessions, each.topics)
        rebook = any(not outcome["achieved"] for outcome in outcomes)
        self._platform.record(each.booking_id, {"attended": True, "outcomes": outcomes, "rebook": rebook})

    def _plan_evidence(self, each: Appointment, day: date, agenda: Agenda) -> None:
        """Now and then the authority hears of the duty before the next session."""
        if each.participant.one.chance.happens(f"evidence after session {each.participant.sessions}", 0.02):
            agenda.plan(day + timedelta(days=3), "evidence", each.participant)

    def _body(self, course: Course) -> dict[str, Any]:
        starts_at = self._programme.instant(course.day, STARTS_AT)
        return {
            "programme_id": self._programme.programme_id,
            "coach_id": course.coach.coach_id,
            "form": "course",
            "venue_id": course.coach.venue_id,
            "starts_at": starts_at.isoformat(),
            "level": course.level,
        }
