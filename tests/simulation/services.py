"""Two small services that tell each other facts, and whose handlers misbehave as the facts ask them to.

registration says how cases progress and close; reporting invites to a survey for each progress, and registration hears of
that and, as a second subscriber, of its own closures. A case's id says how handlers treat its events:
`c3/reporting/breaks/2` breaks reporting's handler twice, then works.
"""

import json
from collections import Counter
from typing import Any

from greenlet import getcurrent
from sqlalchemy import text

from frist_contracts import CaseClosed, CaseProgressed, Event, Lane, SurveyInvited
from messaging.delivery import Route
from messaging.refusals import Refusal
from messaging.subscribe import kernel_routes

SERVICES = ("registration", "reporting")
SUBSCRIBED: dict[str, tuple[type[Event], ...]] = {
    "registration": (SurveyInvited, CaseClosed),
    "reporting": (CaseProgressed, CaseClosed),
}
FACTS = [CaseProgressed.type_name(), CaseClosed.type_name(), SurveyInvited.type_name()]
"""The events whose effects are counted; what the kernel says to itself is not among them."""

TABLES = """
CREATE TABLE changes (change_id int NOT NULL);
CREATE TABLE effects (event_id uuid NOT NULL, type text NOT NULL);
CREATE TABLE states (case_id text PRIMARY KEY, sequence int NOT NULL, state text NOT NULL);
"""

_EFFECT = text("INSERT INTO effects VALUES (CAST(:event_id AS uuid), :type)")
_EFFECTS = text("INSERT INTO effects SELECT * FROM json_to_recordset(:rows) AS each (event_id uuid, type text)")
_STATE = text("""
    INSERT INTO states SELECT * FROM json_to_recordset(:rows) AS each (case_id text, sequence int, state text)
    ON CONFLICT (case_id) DO UPDATE SET sequence = excluded.sequence, state = excluded.state
    WHERE states.sequence < excluded.sequence
""")
MOODS = ("refuses", "breaks", "breaks in the database", "kills")


class CaseRefused(Refusal):
    """The case is one that this service refuses."""


class Handlers:
    """The handlers of one service; `tries` counts how often each event was tried."""

    def __init__(self, service: str) -> None:
        self._service = service
        self.tries: Counter[str] = Counter()

    def routes(self) -> dict[type[Event], Route]:
        """Everything the service listens to, the kernel's own events too."""
        own: dict[type[Event], Route] = (
            {SurveyInvited: Route(self.count), CaseClosed: Route(self.count)}
            if self._service == "registration"
            else {CaseProgressed: Route(self.invite), CaseClosed: Route(self.project, many=True)}
        )
        return own | kernel_routes(self._service, own)

    def count(self, event: Any, uow: Any) -> None:
        """Keep an effect."""
        uow.connection.execute(_EFFECT, {"event_id": event.event_id, "type": event.type_name()})
        self._misbehave(event, uow)

    def invite(self, event: CaseProgressed, uow: Any) -> None:
        """Keep an effect and announce another fact, which says by its survey what it follows from."""
        self.count(event, uow)
        uow.outbox.add(
            SurveyInvited(
                municipality=event.municipality,
                survey_id=event.event_id,
                case_id=event.case_id,
                programme_id="p",
                booking_id="b",
            )
        )

    def project(self, events: list[CaseClosed], uow: Any) -> None:
        """Keep the newest state of each case, and an effect for each event, in two statements for all of them."""
        effects = [{"event_id": event.event_id, "type": event.type_name()} for event in events]
        newest = {event.case_id: event for event in sorted(events, key=lambda event: event.sequence)}
        states = [{"case_id": e.case_id, "sequence": e.sequence, "state": e.state} for e in newest.values()]
        uow.connection.execute(_EFFECTS, {"rows": json.dumps(effects)})
        uow.connection.execute(_STATE, {"rows": json.dumps(states)})
        for event in events:
            self._misbehave(event, uow)

    def _misbehave(self, event: Any, uow: Any) -> None:
        _case, service, mood, times = [*event.case_id.split("/"), "", "", "0"][:4]
        if service != self._service:
            return
        self.tries[event.event_id] += 1
        if mood == "refuses":
            raise CaseRefused
        if self.tries[event.event_id] <= int(times):
            if mood == "kills":
                getcurrent().process.kill()
            if mood == "breaks in the database":
                uow.connection.execute(text("SELECT 1 / 0"))
            raise RuntimeError("the handler broke")


def a_case(number: int, *, service: str = "", mood: str = "", times: int = 0) -> str:
    """The id of a case."""
    return f"c{number}/{service}/{mood}/{times}" if mood else f"c{number}"


def a_fact(case_id: str, sequence: int, *, closes: bool) -> Event:
    """What registration says of a case."""
    cls = CaseClosed if closes else CaseProgressed
    return cls(municipality="dk-0101", sequence=sequence, case_id=case_id, programme_id="p", state=f"s{sequence}")


LANES = (None, Lane.URGENT, Lane.BULK)
