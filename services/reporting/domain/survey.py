"""The survey after a session: five points, a comment and, after a desk, whether it was the first time at the library.

Five points from "very dissatisfied" to "very satisfied" and 1,200 characters, as GOV.UK asks.
"""

import uuid
from dataclasses import dataclass

from messaging.refusals import Refusal

SCORES = range(1, 6)
SATISFIED_FROM = 4
COMMENT_LENGTH = 1200
AT_A_LIBRARY = "desk"
"""The help form that brings an organisation to a library: a coach visits it, and a course is held wherever there is room."""

_SURVEYS = uuid.UUID("6f6d5f58-3f0c-5f0e-9f43-0c6b7a7f2d11")


class SurveyNotFound(Refusal):
    """The link leads to no survey."""

    status = 404


class AnswerIncomplete(Refusal):
    """The answer lacks something or says too much."""

    status = 422


@dataclass(frozen=True)
class Answer:
    """What the organisation says; `score` 1-5, five is best."""

    score: int
    first_visit: bool
    comment: str | None = None

    def __post_init__(self) -> None:
        if self.score not in SCORES:
            raise AnswerIncomplete("Choose one of the five answers, 1 to 5; 5 is best.", field="score")
        if self.comment and len(self.comment) > COMMENT_LENGTH:
            raise AnswerIncomplete(f"Write at most {COMMENT_LENGTH} characters.", field="comment")


def survey_id_of(booking_id: str) -> str:
    """The survey of a booking: always the same, so that nobody is asked twice."""
    return str(uuid.uuid5(_SURVEYS, booking_id))
