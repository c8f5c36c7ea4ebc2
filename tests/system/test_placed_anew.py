"""What an organisation changes of how it is reached decides about its seat, as registration and scheduling tell each other."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text

from frist_contracts import NoAddressLeft
from services.registration import handlers
from tests.system.test_erasure import (
    PLACE,
    PROGRAMME,
    WHO,
    FourServices,
    a_case_with_a_seat,
    four,  # noqa: F401 - a fixture
)


def places_of(services: FourServices, case_id: str) -> tuple[str, str]:
    """The state of the case, and of its place in scheduling, when everybody has heard everything."""
    services.everybody_hears()
    with services.of["scheduling"].engine.connect() as connection:
        place = connection.execute(
            text("SELECT state FROM placements WHERE case_id = :id"), {"id": case_id}
        ).scalar_one()
    return services.in_registration(lambda uow: uow.cases.get(case_id).state), place


def change_contact(services: FourServices, case_id: str, **changes: Any) -> None:
    contact = replace(WHO, **changes)
    services.in_registration(lambda uow: handlers.change_contact(case_id, contact, "organisation", uow))


def test_who_was_out_of_reach_gets_a_seat_again(four: FourServices) -> None:  # noqa: F811
    case_id = a_case_with_a_seat(four)
    event = NoAddressLeft(municipality=PLACE, case_id=case_id, programme_id=PROGRAMME)
    found = [places_of(four, case_id)]

    four.in_registration(lambda uow: handlers.mark_unreachable(event, uow))
    found.append(places_of(four, case_id))
    change_contact(four, case_id, email="new@example.se")
    found.append(places_of(four, case_id))

    assert found == [("booked", "booked"), ("unreachable", "unplaced"), ("booked", "booked")]


def test_who_speaks_another_language_than_its_coach_waits_for_one_who_does(four: FourServices) -> None:  # noqa: F811
    case_id = a_case_with_a_seat(four)
    four.everybody_hears()

    change_contact(four, case_id, language="en")
    waits = places_of(four, case_id)
    change_contact(four, case_id)

    assert (waits, places_of(four, case_id)) == (("waiting", "waiting"), ("booked", "booked"))
