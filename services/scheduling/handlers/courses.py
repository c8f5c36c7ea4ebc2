"""Courses that a coach or a lead opens: one level, one language, several seats."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from messaging.identifiers import new_id
from services.scheduling.domain.people import Coach, Venue
from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.domain.reach import within_reach
from services.scheduling.domain.refusals import CoachBusy, InvalidValue, RoomBusy
from services.scheduling.storage.sessions import Course
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork


@dataclass(frozen=True)
class CourseWish:
    """A course to be opened; `topics` empty means all the coach is accredited for, `seats` 0 as the programme says."""

    programme_id: str
    coach_id: str
    venue_id: str
    starts_at: datetime
    level: str
    language: str
    room: str = ""
    seats: int = 0
    topics: list[str] = field(default_factory=list)
    form: str = "course"


def open_course(wish: CourseWish, opened_by: str, uow: SchedulingUnitOfWork) -> str:
    """Open a course; the coach's unbooked hours in that time give way. Returns the session's id."""
    uow.coaches.hold(wish.coach_id)
    rules = uow.programmes.get(wish.programme_id)
    coach, venue = uow.coaches.get(wish.coach_id), uow.venues.get(wish.venue_id)
    if rules is None:
        raise InvalidValue("There is no such programme; apply it first.", field="programme_id")
    if coach is None:
        raise InvalidValue("There is no such coach; import the coach first.", field="coach_id")
    if venue is None or venue.municipality not in coach.municipalities:
        raise InvalidValue("The venue is not in one of the coach's municipalities; choose another.", field="venue_id")
    course = _course(wish, rules, coach, venue, opened_by=opened_by, uow=uow)
    absences = uow.coaches.absences([coach.coach_id], course.starts_at)
    if any(absence.starts_at < course.ends_at for absence in absences):
        raise CoachBusy("The coach is away at that time; choose another time.", field="starts_at")
    uow.sessions.withdraw_unbooked(coach.coach_id, course.starts_at, course.ends_at)
    if uow.sessions.of_coach_between(coach.coach_id, course.starts_at, course.ends_at):
        raise CoachBusy("The coach has a session at that time; cancel it or choose another time.", field="starts_at")
    try:
        with uow.connection.begin_nested():
            uow.sessions.open(course)
    except IntegrityError as error:
        if "a_coach_is" in str(error.orig):
            raise CoachBusy("The coach has a session at that time; choose another time.", field="starts_at") from error
        raise RoomBusy("The room is used at that time; choose another room or time.", field="room") from error
    uow.sessions.announce_open(course.session_id, venue.municipality)
    return course.session_id


def _course(
    wish: CourseWish, rules: ProgrammeRules, coach: Coach, venue: Venue, *, opened_by: str, uow: SchedulingUnitOfWork
) -> Course:
    form = rules.help_forms.get(wish.form)
    if form is None:
        raise InvalidValue("The programme has no such help form; choose one it has.", field="form")
    if wish.form not in coach.forms:
        raise InvalidValue("The coach does not give this kind of help; choose another coach.", field="coach_id")
    if wish.level not in rules.course_levels:
        raise InvalidValue("Choose a level that the programme has.", field="level", levels=list(rules.course_levels))
    if wish.language not in coach.languages:
        languages = list(coach.languages)
        raise InvalidValue("Choose a language that the coach speaks.", field="language", languages=languages)
    day = rules.today(within_reach(wish.starts_at, "starts_at"))
    if wish.starts_at <= uow.now or not rules.starts_on <= day <= rules.ends_on:
        raise InvalidValue("Choose a time ahead and within the programme.", field="starts_at")
    return Course(
        session_id=new_id(),
        programme_id=rules.programme_id,
        form=wish.form,
        coach_id=coach.coach_id,
        venue_id=venue.venue_id,
        room_number=uow.venues.room_number(venue.venue_id, wish.room) if wish.room else None,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + form.length,
        day=day,
        seats=wish.seats or form.seats,
        level=wish.level,
        languages=[wish.language],
        topics=_topics(wish, rules, coach, day),
        made_by=opened_by,
    )


def _topics(wish: CourseWish, rules: ProgrammeRules, coach: Coach, day: date) -> list[str]:
    accredited = {topic for topic, expires_on in coach.accreditations.items() if day <= expires_on}
    possible = accredited & rules.topics.keys()
    unfit = set(wish.topics) - possible
    if unfit or not possible:
        message = "The coach is not accredited for this on that day; choose another day or another coach."
        raise InvalidValue(message, field="topics", not_accredited=sorted(unfit or rules.topics))
    return sorted(wish.topics or possible)
