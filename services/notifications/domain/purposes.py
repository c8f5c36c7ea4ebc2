"""Why a message is written, and the rules that follow from it."""

from dataclasses import dataclass
from datetime import timedelta

ENDED = frozenset({"fulfilled", "exempt", "withdrawn", "unreachable"})
"""States in which a case has come to its end: nobody is reminded any more."""

RECEIPT = "registration_receipt"
LINK = "link_sent_again"
WAITING = "waiting"
UNPLACED = "unplaced"
CONFIRMED = "booking_confirmed"
MOVED = "booking_moved"
CANCELLED = "booking_cancelled"
MISSED = "booking_missed"
SESSION_REMINDER = "session_reminder"
SURVEY = "survey_invitation"
SIGN_IN = "staff_sign_in"
LADDER = "ladder"

URGENT = "urgent"
BULK = "bulk"


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """The rules of one kind of message.

    `is_at_once`: a person has just acted and waits, so quiet hours do not hold it back.
    `is_capped`: counts, and stops, at the programme's cap.
    `gives_way`: stops at the cap as well, but does not count: it takes no reminder's place.
    `is_about_placement`: tells of a case's place; a newer word on the same place makes it wrong.
    `delay`: how long after the event it may go; `lasts`: how long after the event it still makes sense.
    `silent_in`: states of the case in which it is not sent.
    """

    lane: str
    is_at_once: bool = False
    is_capped: bool = False
    gives_way: bool = False
    is_about_placement: bool = False
    delay: timedelta = timedelta()
    lasts: timedelta = timedelta(days=14)
    silent_in: frozenset[str] = frozenset()


_NOT_YET = timedelta(minutes=15)
"""Whoever waits or missed a session often has a seat a moment later: one message is better than two."""

PURPOSES: dict[str, Purpose] = {
    RECEIPT: Purpose(lane=URGENT, is_at_once=True, lasts=timedelta(days=14)),
    LINK: Purpose(lane=URGENT, is_at_once=True),
    CONFIRMED: Purpose(lane=URGENT, is_at_once=True, is_about_placement=True),
    MOVED: Purpose(lane=URGENT, is_at_once=True, is_about_placement=True),
    CANCELLED: Purpose(lane=URGENT, is_at_once=True, is_about_placement=True),
    SIGN_IN: Purpose(lane=URGENT, is_at_once=True, lasts=timedelta(minutes=10)),
    WAITING: Purpose(lane=URGENT, is_about_placement=True, delay=_NOT_YET, lasts=timedelta(days=7), silent_in=ENDED),
    UNPLACED: Purpose(lane=URGENT, is_about_placement=True, delay=_NOT_YET, lasts=timedelta(days=7), silent_in=ENDED),
    MISSED: Purpose(lane=BULK, is_about_placement=True, delay=_NOT_YET, lasts=timedelta(days=7), silent_in=ENDED),
    SESSION_REMINDER: Purpose(lane=BULK, is_capped=True, is_about_placement=True, silent_in=ENDED),
    SURVEY: Purpose(
        lane=BULK, gives_way=True, lasts=timedelta(days=21), silent_in=frozenset({"withdrawn", "unreachable"})
    ),
    LADDER: Purpose(lane=BULK, is_capped=True, silent_in=ENDED),
}


def rules_of(purpose: str) -> Purpose:
    """The rules of a purpose such as `booking_moved` or `ladder:letter-1`."""
    return PURPOSES[purpose.partition(":")[0]]
