"""Those who take part: an organisation with what it has learnt from the platform, and everybody's plans by day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from operations.rehearsal.world.organisations import Organisation


@dataclass(slots=True)
class Participant:
    """An organisation in the replay; `case_id` and `token` are known once it has registered."""

    one: Organisation
    order: int
    case_id: str = ""
    token: str = ""
    left: bool = False
    erased: bool = False
    sessions: int = 0
    last_session: date | None = None
    surveys: int = 0
    reminders: list[date] = field(default_factory=list)

    @property
    def municipality(self) -> str:
        """Where the organisation is."""
        return self.one.municipality


@dataclass(frozen=True)
class SurveyPlan:
    """A participant who will answer the survey it was sent a link to."""

    participant: Participant
    path: str
    number: int


class Agenda:
    """What participants will do, by day and kind; each day's list in the order of the register."""

    def __init__(self) -> None:
        self._plans: dict[tuple[date, str], list[Participant]] = defaultdict(list)
        self._surveys: dict[date, list[SurveyPlan]] = defaultdict(list)

    def plan(self, day: date, what: str, participant: Participant) -> None:
        """Have the participant do this on that day."""
        self._plans[day, what].append(participant)

    def due(self, day: date, what: str) -> list[Participant]:
        """Who does this today."""
        return sorted(self._plans.pop((day, what), []), key=lambda one: one.order)

    def plan_survey(self, day: date, survey: SurveyPlan) -> None:
        """Have a survey answered on that day."""
        self._surveys[day].append(survey)

    def due_surveys(self, day: date) -> list[SurveyPlan]:
        """The surveys that are answered today."""
        return self._surveys.pop(day, [])


class Everybody:
    """All participants, found by their address or phone, or by their case once they have one."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self.all = [Participant(one, order) for order, one in enumerate(organisations)]
        self.by_case: dict[str, Participant] = {}
        self.by_address = {each.one.email: each for each in self.all if each.one.email}
        self.by_address |= {each.one.phone: each for each in self.all if each.one.phone}

    @property
    def traces_of_erased(self) -> list[str]:
        """What would tell that something is left of who was erased: nobody else has it."""
        return [trace for each in self.all if each.erased for trace in self._traces(each.one)]

    def _traces(self, one: Organisation) -> list[str]:
        has_namesake = any(one.name in other.one.name and other.one is not one for other in self.all)
        found = [one.number, one.email, one.phone, None if has_namesake else one.name]
        return [trace for trace in found if trace]
