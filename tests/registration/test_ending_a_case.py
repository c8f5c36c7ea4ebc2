"""Staff end a case: what its page offers follows the programme, and its history says what was written."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.registration.builders import AS_OPERATOR, SWEDISH, a_registration
from tests.registration.test_mistakes_in_forms import summary_of
from tests.registration.test_pages import sign_in

IN_SWEDEN: dict[str, Any] = {
    "programme_id": SWEDISH,
    "number": "5560360793",
    "municipality": "se-0180",
    "help_forms": [],
}


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """A national operator, signed in."""
    sign_in(client)
    return client


def case_page(staff: FlaskClient, **changes: Any) -> str:
    made = staff.post("/registration/api/cases", json=a_registration(**changes), headers=AS_OPERATOR)
    return f"/registration/cases/{made.json['case_id']}"


@pytest.mark.parametrize(("programme", "is_offered"), [({}, True), (IN_SWEDEN, False)])
def test_an_exemption_is_offered_where_the_programme_has_grounds_for_one(
    staff: FlaskClient, programme: dict[str, Any], is_offered: bool
) -> None:
    page = staff.get(case_page(staff, **programme)).text

    offered = re.findall(r'name="state" value="(\w+)"( checked)?', page)

    assert (("exempt", " checked") in offered) is is_offered
    assert [state for state, _ in offered if state != "exempt"] == ["fulfilled", "withdrawn", "unreachable"]
    assert ("exempt" in dict(offered)) is is_offered


def test_an_exemption_that_no_ground_allows_is_told_beside_a_field_that_is_there(staff: FlaskClient) -> None:
    refused = staff.post(f"{case_page(staff, **IN_SWEDEN)}/closure", data={"state": "exempt"})

    assert [field for field, _ in summary_of(refused.text)] == ["state"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"reason": ""}, "Utan angiven orsak"),
        ({"reason": "Brev fra SKAT, j.nr. 13_44 (Hansen ApS)"}, "Brev fra SKAT, j.nr. 13_44 (Hansen ApS)"),
        ({"state": "exempt", "ground": "disability"}, "Funktionsnedsättning"),
    ],
)
def test_the_history_tells_the_reason_as_it_was_written(staff: FlaskClient, sent: dict[str, str], shown: str) -> None:
    page = case_page(staff)

    staff.post(f"{page}/closure", data={"state": "fulfilled", **sent})

    assert f"<td>{shown}</td>" in staff.get(page, query_string={"language": "sv"}).text
