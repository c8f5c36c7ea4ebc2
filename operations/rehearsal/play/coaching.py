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
from operations.rehearsal.world.programme import Programme


@dataclass(frozen=True)
class Appointment:
    """A booking on a coach's list, and the participant it is for."""

    booking_id: str
    municipality: str
    participant: Participant
    booked_on: date
    topics: list[str]


class Coaching:
    """The coaches of the replay."""

    def __init__(
        self, platform: Platform, programme: Programme, everybody: Everybody, courses: Iterable[Course]
    ) -> None:
        self._platform, self._programme, self._everybody = platform, programme, everybody
        self._opened_on: dict[date, list[Course]] = defaultdict(list)
        for course in courses:
            self._opened_on[max(course.opened_on, programme.starts_on)].append(course)

    def open_courses(self, day: date) -> None:
        """Open the courses that are announced today; a course on the very first day comes too late to be opened."""
        for course in self._opened_on.pop(day, []):
            if course.day > day:
                self._platform.open_course(self._body(course))

    def record_day(self, day: date, streams: Streams, agenda: Agenda) -> int:
        """Record everybody who had a session today; how many may want a seat again."""
        visitors = self._platform.day(day)
        appointments = sorted(map(self._appointment, visitors), key=lambda each: each.participant.order)
        wanting: list[Appointment] = []
        streams.in_order(appointments, lambda each: each.municipality, lambda each: self._record(each, day, wanting))
        for each in appointments:
            self._plan_evidence(each, day, agenda)
        return len(wanting)

    def _appointment(self, visitor: dict[str, Any]) -> Appointment:
        booked_at = datetime.fromisoformat(visitor["booked_at"])
        return Appointment(
            booking_id=visitor["booking_id"],
            municipality=visitor["session"]["municipality"],
            participant=self._everybody.by_case[visitor["case_id"]],
            booked_on=booked_at.astimezone(self._programme.zone).date(),
            topics=list(visitor["topics"]),
        )

    def _record(self, each: Appointment, day: date, wanting: list[Appointment]) -> None:
        participant = each.participant
        participant.sessions += 1
        participant.last_session = day
        reminded = any(each.booked_on <= on <= day for on in participant.reminders)
        lead_days = (day - each.booked_on).days
        if behaviour.stays_away(participant.one, participant.sessions, lead_days, reminded=reminded):
            wanting.append(each)
            self._platform.record(each.booking_id, {"attended": False})
            return
        outcomes = behaviour.outcomes(participant.one, participant.sessions, each.topics)
        rebook = self._programme.is_left_open_by(one["topic"] for one in outcomes if not one["achieved"])
        if rebook:
            wanting.append(each)
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
            "venue_id": course.coach.venue_id,
            "starts_at": starts_at.isoformat(),
            "level": course.level,
            "language": course.coach.languages[0],
        }
