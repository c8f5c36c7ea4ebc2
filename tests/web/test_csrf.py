"""Other sites' pages cannot act in a person's name."""

from flask.testing import FlaskClient

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import a_key

BACK_OFFICE = "/library/api/staff-only"


def token_of(client: FlaskClient, path: str = "/library/borrow") -> str:
    return client.get(path).text.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_form_with_its_token_is_taken(client: FlaskClient) -> None:
    answer = client.post("/library/borrow", data={"title": "Emma", "csrf_token": token_of(client)})

    assert answer.text == "lent"


def test_a_form_without_its_token_is_refused_in_plain_words(client: FlaskClient) -> None:
    answer = client.post("/library/borrow?language=en", data={"title": "Emma"})

    assert answer.status_code == 400
    assert "This form has been open too long" in answer.text


def test_somebody_elses_token_does_not_help(client: FlaskClient, operator: FlaskClient) -> None:
    client.get("/library/borrow")

    answer = client.post("/library/borrow", data={"title": "Emma", "csrf_token": token_of(operator)})

    assert answer.status_code == 400


def test_the_staff_cookie_alone_reads_but_writes_nothing_on_the_api(operator: FlaskClient) -> None:
    assert operator.get(BACK_OFFICE).status_code == 200
    assert operator.post(BACK_OFFICE).status_code == 401


def test_the_staff_cookie_writes_with_a_header_that_other_sites_cannot_send(operator: FlaskClient) -> None:
    answer = operator.post(BACK_OFFICE, headers={"X-Requested-With": "frist"})

    assert answer.status_code == 200


def test_a_key_needs_no_token(client: FlaskClient, database: Database[UnitOfWork]) -> None:
    assert client.post(BACK_OFFICE, headers=a_key(database)).status_code == 200
