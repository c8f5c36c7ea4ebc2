"""What is posted again because its answer was lost."""

from typing import Any

from flask.testing import FlaskClient

from messaging.database import Database
from tests.registration.builders import AS_OPERATOR, a_registration, outbox_types
from tests.registration.test_staff import STAFF, a_lead

CASES = "/registration/api/cases"


def test_a_link_is_replaced_once_by_the_same_request(client: FlaskClient, database: Database[Any]) -> None:
    case_id = client.post(CASES, json=a_registration()).json["case_id"]
    headers = {**AS_OPERATOR, "Idempotency-Key": "one"}

    first, again = (client.post(f"{CASES}/{case_id}/link", headers=headers).json for _ in range(2))

    assert first == again
    assert client.get(f"/registration/api/case/{first['token']}").status_code == 200
    assert outbox_types(database).count("case_link_requested") == 1


def test_whoever_registers_again_twice_is_registered_once(client: FlaskClient, database: Database[Any]) -> None:
    own = f"/registration/api/case/{client.post(CASES, json=a_registration()).json['token']}"
    client.post(f"{own}/withdrawal")

    answers = [client.post(f"{own}/registration") for _ in range(2)]

    assert [(answer.status_code, answer.json["state"]) for answer in answers] == [(200, "registered")] * 2
    assert outbox_types(database).count("case_registered") == 2, "at first, and after withdrawing"


def test_each_link_that_was_asked_for_signs_in_once_and_is_sent_to_nobody(
    client: FlaskClient, database: Database[Any]
) -> None:
    address = f"{STAFF}/{a_lead(client).json['staff_id']}/sign-in-link"

    links = [client.post(address, headers={**AS_OPERATOR, "Idempotency-Key": "one"}).json["link"] for _ in range(2)]

    spent = [client.post(link.removeprefix("http://localhost:8000")).status_code for link in (*links, *links)]
    assert [status < 400 for status in spent] == [True, True, False, False]
    assert outbox_types(database) == []
