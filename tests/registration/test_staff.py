"""Staff sign in without a password: a link by mail, ten minutes, once."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from services.registration import handlers
from services.registration.handlers.signing_in import SignInLinkSpent
from tests.registration.builders import AS_OPERATOR, outbox_types

STAFF = "/registration/api/staff"


def a_lead(client: FlaskClient, **changes: Any) -> Any:
    body = {"name": "Ida Lind", "email": "Ida@odense.example", "role": "lead", "municipality": "dk-0461", **changes}
    return client.post(STAFF, json=body, headers=AS_OPERATOR)


def test_an_account_is_made_and_changed(client: FlaskClient) -> None:
    made = a_lead(client)

    changed = client.put(
        f"{STAFF}/{made.json['staff_id']}",
        json={
            "name": "Ida Lind",
            "email": "ida@odense.example",
            "role": "lead",
            "municipality": "dk-0461",
            "active": False,
        },
        headers=AS_OPERATOR,
    )

    assert made.status_code == 201
    assert changed.json["active"] is False


def test_an_address_has_one_account(client: FlaskClient) -> None:
    a_lead(client)

    again = a_lead(client, email="IDA@odense.example")

    assert again.status_code == 409
    assert again.json["errors"][0]["field"] == "email"


@pytest.mark.parametrize("change", [{"municipality": None}, {"municipality": "dk-9999"}, {"role": "coach"}])
def test_an_account_that_does_not_hold_together_is_refused(client: FlaskClient, change: dict[str, Any]) -> None:
    assert a_lead(client, **change).status_code == 422


def test_asking_sends_a_link_to_those_who_have_an_account_only(client: FlaskClient, database: Database[Any]) -> None:
    a_lead(client)

    with database.begin() as uow:
        handlers.request_sign_in("ida@ODENSE.example", "da", uow)
        handlers.request_sign_in("nobody@example.org", "da", uow)

    assert outbox_types(database) == ["staff_sign_in_requested"]


def test_asking_too_often_sends_no_more(client: FlaskClient, database: Database[Any]) -> None:
    a_lead(client)

    for _ in range(8):
        with database.begin() as uow:
            handlers.request_sign_in("ida@odense.example", "da", uow)

    assert len(outbox_types(database)) == 5


def test_a_link_works_once(client: FlaskClient, database: Database[Any]) -> None:
    token = _token(client)

    with database.begin() as uow:
        member = handlers.spend_sign_in(token, uow)
    with pytest.raises(SignInLinkSpent), database.begin() as uow:
        handlers.spend_sign_in(token, uow)

    assert member.name == "Ida Lind"


def test_a_link_dies_after_ten_minutes(client: FlaskClient, database: Database[Any]) -> None:
    token = _token(client)
    with database.begin() as uow:
        uow.connection.execute(text("UPDATE sign_in_requests SET requested_at = requested_at - interval '11 minutes'"))

    with pytest.raises(SignInLinkSpent), database.begin() as uow:
        handlers.spend_sign_in(token, uow)


def test_a_closed_account_cannot_sign_in(client: FlaskClient, database: Database[Any]) -> None:
    token = _token(client)
    with database.begin() as uow:
        uow.connection.execute(text("UPDATE staff SET active = false"))

    with pytest.raises(SignInLinkSpent), database.begin() as uow:
        handlers.spend_sign_in(token, uow)


def _token(client: FlaskClient) -> str:
    staff_id = a_lead(client).json["staff_id"]
    link: Any = client.post(f"{STAFF}/{staff_id}/sign-in-link", headers=AS_OPERATOR).json
    return str(link["link"]).rsplit("/", 1)[1]
