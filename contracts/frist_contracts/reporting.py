"""What reporting tells the others: who is asked how it went, and what they answered."""

from dataclasses import dataclass
from typing import ClassVar

from frist_contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class SurveyEvent(Event):
    """An event about one survey, which belongs to one attended booking."""

    producer: ClassVar[str] = "reporting"
    subject_field: ClassVar[str] = "survey_id"

    survey_id: str
    case_id: str
    programme_id: str


@dataclass(frozen=True, kw_only=True)
class SurveyInvited(SurveyEvent):
    """The organisation is to be asked how it went; the link is derived from `survey_id`."""

    booking_id: str


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(SurveyEvent):
    """The organisation answered: `score` 1-5, five is best; the comment stays where it was written."""

    score: int
    first_visit: bool
