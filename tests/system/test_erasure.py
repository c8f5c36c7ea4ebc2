"""A sole proprietor asks to be erased: nothing personal is left in any column of the four databases, and the case is counted.

The services' own handlers run on their real databases; what one tells is handed to the others as their workers would.
"""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import Lane, with_position
from messaging.clock import set_business_time
from messaging.database import Database
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.refusals import Refusal
from messaging.rounds import run_round
from operations.services import SERVICES
from services.notifications.subscriptions import NotificationsSubscriptions
from services.registration import handlers
from services.registration.domain.contact import Contact
from services.registration.domain.place_files import read_municipalities
from services.registration.handlers.receiving import receive_register
from services.registration.programme_files import check_programme
from services.registration.subscriptions import RegistrationSubscriptions
from services.reporting.subscriptions import ReportingSubscriptions
from services.scheduling.subscriptions import SchedulingSubscriptions
from services.scheduling.timers import SchedulingTimers
from tests.scheduling.builders import a_block, a_coach, a_venue
from tests.support.batches import routes_of

PROGRAMMES = Path(__file__).parents[2] / "programmes"
PROGRAMME, PLACE = "se-it-micro-2001", "se-0114"
MORNING = datetime(2001, 4, 2, 6, tzinfo=UTC)
SUBSCRIPTIONS: dict[str, type] = {
    "registration": RegistrationSubscriptions,
    "scheduling": SchedulingSubscriptions,
    "notifications": NotificationsSubscriptions,
    "reporting": ReportingSubscriptions,
}
TURNS = [SchedulingTimers.make_sessions.turn, SchedulingTimers.allocate_waiting.turn]
WHO = Contact(
    organisation_name="Canarius Snickeri",
    contact_name="Canaria Lind",
    address="Canarigatan 1",
    postcode="19430",
    city="Upplands",
    email="canary@example.se",
    phone="+46700000001",
    language="sv",
    channel="email",
)
PERSONAL = re.compile(r"anari|canary|700000001|850709-?9805|\b19430\b")
"""What is nobody else's. The postcode only as a word: an instant's microseconds may contain its digits."""
REGISTER = f"""number,kind,name,address,postcode,city,municipality
850709-9805,sole_proprietor,Canarius Snickeri,Canarigatan 1,19430,Upplands,{PLACE}
19850709-9805,sole_proprietor,Canarius Snickeri,,,,{PLACE}
8507099805,sole_proprietor,Canarius Snickeri,,,,{PLACE}
"850709-9805;sole_proprietor;Canarius Snickeri",sole_proprietor,,,,,{PLACE}
"""


class HandlerRefused(Refusal):
    """The event is parked."""


def refuse(event: Any, uow: Any) -> None:
    raise HandlerRefused


class FourServices:
    """The databases of the four services, and what each has heard so far."""

    def __init__(self, fresh_database: Callable[[str], Database[Any]]) -> None:
        self.of = {service: fresh_database(service) for service in SERVICES}
        self._told = dict.fromkeys(SERVICES, 0)
        for database in self.of.values():
            with database.begin() as uow:
                set_business_time(uow.connection, MORNING)

    def everybody_hears(self) -> list[bytes]:
        """Hand on what is told until nobody says anything more; returns it."""
        heard: list[bytes] = []
        while news := [body for service in SERVICES for body in self._news(service)]:
            self.deliver(news)
            while run_round(self.of["scheduling"], TURNS):
                pass
            heard += news
        return heard

    def deliver(self, bodies: list[bytes], *, refused: bool = False) -> None:
        for service, database in self.of.items():
            routes = routes_of(SUBSCRIPTIONS[service])
            taken = dict.fromkeys(routes, Route(refuse)) if refused else routes
            Delivery(database, taken).deliver([Message(body, Lane.BULK) for body in bodies])

    def in_registration(self, handler: Callable[[Any], Any]) -> Any:
        with self.of["registration"].begin() as uow:
            return handler(uow)

    def what_is_personal_in(self, service: str) -> set[tuple[str, str, str]]:
        """What stands in which column of which table."""
        found = set()
        with self.of[service].engine.connect() as connection:
            tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
            for table in tables.all():
                for row in connection.execute(text(f"SELECT * FROM {table}")).mappings():
                    found |= {
                        (table, name, word) for name, value in row.items() for word in PERSONAL.findall(str(value))
                    }
        return found

    def _news(self, service: str) -> list[bytes]:
        statement = text("SELECT position, envelope FROM outbox WHERE position > :after ORDER BY position")
        with self.of[service].engine.connect() as connection:
            rows = connection.execute(statement, {"after": self._told[service]}).all()
        if rows:
            self._told[service] = rows[-1].position
        return [with_position(row.envelope, row.position) for row in rows]


@pytest.fixture
def four(fresh_database: Callable[[str], Database[Any]], monkeypatch: pytest.MonkeyPatch) -> FourServices:
    """The programme runs, and a coach visits those who want help."""
    monkeypatch.setenv("FRIST_LINK_KEY", "a-secret-for-tests-that-is-long-enough-to-pass")
    services = FourServices(fresh_database)
    towns = read_municipalities((PROGRAMMES / "municipalities" / "se.csv").read_text(), "se")
    definition = check_programme((PROGRAMMES / f"{PROGRAMME}.yaml").read_text())
    services.in_registration(lambda uow: handlers.put_municipalities("se", towns, uow))
    services.in_registration(lambda uow: handlers.apply_programme(definition, uow))
    days = tuple(a_block(weekday=day, opens=time(8), closes=time(18), venue_id="lib-0114") for day in range(1, 6))
    with services.of["scheduling"].begin() as uow:
        uow.venues.save(a_venue(PLACE))
        coach = a_coach(
            municipalities=(PLACE,),
            languages=("sv",),
            forms=("visit",),
            accreditations=dict.fromkeys(("internet", "office_software"), date(2004, 1, 31)),
            blocks=days,
        )
        uow.coaches.save(coach)
    services.everybody_hears()
    return services


def a_case_with_a_seat(four: FourServices) -> str:
    """The sole proprietor comes with the register, registers, and says what help is wanted; returns the case's id."""
    receive_register(io.BytesIO(REGISTER.encode()), PROGRAMME, "staff:1", four.of["registration"].begin)
    while four.in_registration(handlers.import_next_rows):
        pass
    wish = handlers.RegisterOrganisation(
        programme_id=PROGRAMME, number="850709-9805", kind="sole_proprietor", contact=WHO, municipality=PLACE
    )
    case_id: str = four.in_registration(lambda uow: handlers.register_organisation(wish, uow)).case.case_id
    levels = {"internet": 0, "office_software": 0, "booking_systems": 0, "web_marketing": 0}
    four.in_registration(lambda uow: handlers.assess_case(case_id, levels, ["internet"], "organisation", uow))
    return case_id


def as_another_event(body: bytes) -> bytes:
    """The same fact under an id that no inbox has seen."""
    at = body.index(b'"id":"') + 6
    return body[:at] + new_id().encode() + body[at + 36 :]


def unreadable(body: bytes) -> bytes:
    return body.replace(b'"programme_id"', b'"program_id"')


def test_an_erased_sole_proprietor_is_in_no_column_of_any_service_and_stays_counted(four: FourServices) -> None:
    case_id = a_case_with_a_seat(four)
    told = four.everybody_hears()
    late = [as_another_event(body) for body in told]
    four.deliver([as_another_event(body) for body in told], refused=True)
    four.deliver([unreadable(body) for body in told])
    assert all(four.what_is_personal_in(service) for service in SERVICES)
    assert ("bookings", "organisation_id", "8507099805") in four.what_is_personal_in("scheduling")

    four.in_registration(lambda uow: handlers.erase_case(case_id, "staff:1", uow))
    four.everybody_hears()
    four.deliver(late[:-2], refused=True)
    four.deliver([unreadable(body) for body in late])
    four.deliver(late)

    assert {service: four.what_is_personal_in(service) for service in SERVICES} == {
        service: set() for service in SERVICES
    }
    with four.of["reporting"].begin() as uow:
        counted = uow.connection.execute(text("SELECT case_id::text, state FROM cases")).all()
    assert [tuple(row) for row in counted] == [(case_id, "withdrawn")]


def test_what_was_written_of_a_person_to_end_a_case_is_erased_with_it(four: FourServices) -> None:
    case_id = a_case_with_a_seat(four)
    written = {"reason": "Canaria Lind is ill, told by canary@example.se", "evidence": "Canarius 13_44"}
    wish = handlers.CloseCase(case_id=case_id, ending="unreachable", done_by="staff:1", **written)
    four.in_registration(lambda uow: handlers.close_case(wish, uow))
    assert ("cases", "ending_reason", "canary") in four.what_is_personal_in("registration")

    four.in_registration(lambda uow: handlers.erase_case(case_id, "staff:1", uow))
    four.everybody_hears()

    assert {service: four.what_is_personal_in(service) for service in SERVICES} == {name: set() for name in SERVICES}
