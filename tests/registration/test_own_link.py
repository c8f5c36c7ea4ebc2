"""The organisation's own link, sent again: who only knows the public number brings about little with it."""

import pytest
from flask.testing import FlaskClient

from frist_contracts import CaseLinkRequested
from messaging.database import Database
from tests.registration.builders import CVR_NUMBERS, DANISH, a_registration, outbox_events, outbox_types
from tests.registration.test_pages import set_time


def ask(client: FlaskClient) -> None:
    client.post("/registration/find-case", data={"programme_id": DANISH, "number": CVR_NUMBERS[0]})


def test_asking_for_the_link_of_who_withdrew_says_nothing_of_registering(
    client: FlaskClient, database: Database[object]
) -> None:
    token = client.post("/registration/api/cases", json=a_registration()).json["token"]
    client.post(f"/registration/api/case/{token}/withdrawal")

    ask(client)

    assert outbox_types(database)[-2:] == ["case_closed", "case_link_requested"]
    assert [event.state for event in outbox_events(database, CaseLinkRequested)] == ["withdrawn"]


@pytest.mark.parametrize(
    ("contact", "sent_on"),
    [
        ({}, ["1", "2", "3", "4", "5"]),
        ({"channel": "letter", "address": "Søndergade 3"}, ["1", "4"]),
    ],
    ids=["e-mail", "letter"],
)
def test_the_link_is_sent_once_a_day_and_by_letter_every_third(
    client: FlaskClient, database: Database[object], contact: dict[str, str], sent_on: list[str]
) -> None:
    set_time(database, "2013-09-01 10:00+02")
    client.post("/registration/api/cases", json=a_registration(**contact))

    for day in range(1, 6):
        for hour in (11, 12, 20):
            set_time(database, f"2013-09-0{day} {hour}:00+02")
            ask(client)

    asked = outbox_events(database, CaseLinkRequested)
    assert [str(event.occurred_at.day) for event in asked] == sent_on
