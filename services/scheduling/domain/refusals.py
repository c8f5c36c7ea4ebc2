"""What scheduling says no to, each with a stable slug and a way out.

Refusal
├── NotFound           404: the case, session, booking, coach or venue is unknown
├── InvalidValue       422: a field cannot be read; says which and how to mend it
├── FileUnreadable     422: a file cannot be read to its end; says the line, and what was kept of the rows before it
├── SeatTaken          409: somebody else was faster
├── SeatUnfit          409: the session does not fit the case; says why
├── CoachBusy          409: the coach is already somewhere at that time, or away
├── RoomBusy           409: the room is already used at that time
├── NothingToCancel    409: the case neither has a seat nor waits for one
├── CaseNotPlaceable   409: the case is closed, or has not said yet what help it wants
├── TooEarlyToRecord   409: the session is not today or earlier
├── AlreadyRecorded    409: attendance was recorded, and differently
├── NotRecorded        409: nothing was recorded that could be corrected
├── CannotBeTakenBack  409: a correction says less than what was told and counted
├── SessionOver        409: the session has begun, was held or was cancelled
└── ProgrammeUnreadable 422: a programme that came with an event and that nothing can be reckoned from
"""

from messaging.refusals import Refusal


class NotFound(Refusal):
    """There is no such case, session, booking, coach or venue."""

    slug = "not_found"
    status = 404


class InvalidValue(Refusal):
    """A field cannot be read; the message says how to mend it."""

    slug = "invalid_value"
    status = 422


class FileUnreadable(Refusal):
    """A file cannot be read beyond a line; the message says which and how to mend it."""

    slug = "file_unreadable"
    status = 422


class SeatTaken(Refusal):
    """The seat went to somebody else a moment ago."""

    slug = "seat_taken"


class SeatUnfit(Refusal):
    """The session does not fit what the case needs."""

    slug = "seat_unfit"


class CoachBusy(Refusal):
    """A coach is never in two places at once, and in none while away."""

    slug = "coach_busy"


class RoomBusy(Refusal):
    """A room is never used twice at once."""

    slug = "room_busy"


class NothingToCancel(Refusal):
    """The case has no seat and does not wait for one."""

    slug = "nothing_to_cancel"


class CaseNotPlaceable(Refusal):
    """The case is closed or has not answered the inventory."""

    slug = "case_not_placeable"


class TooEarlyToRecord(Refusal):
    """Attendance is recorded on the day of the session or later."""

    slug = "too_early_to_record"


class AlreadyRecorded(Refusal):
    """Attendance was recorded before, and differently."""

    slug = "already_recorded"


class NotRecorded(Refusal):
    """Nothing was recorded yet, so there is nothing to correct."""

    slug = "not_recorded"


class CannotBeTakenBack(Refusal):
    """That somebody came, and what they achieved, has been told and counted: it is only ever added to."""

    slug = "cannot_be_taken_back"


class SessionOver(Refusal):
    """The session has begun, was held or was cancelled."""

    slug = "session_over"


class ProgrammeUnreadable(Refusal):
    """A programme whose definition nothing can be reckoned from."""

    slug = "programme_unreadable"
    status = 422
