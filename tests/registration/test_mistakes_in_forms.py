"""What is wrong with a form is told at once, by the names of its fields, in their order."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.registration.builders import AS_OPERATOR, CVR_NUMBERS, SWEDISH, a_registration
from tests.registration.test_pages import STEP_1, STEP_2, details, sign_in


def summary_of(page: str) -> list[tuple[str, str]]:
    """The fields that the summary leads to, with what it says."""
    return re.findall(r'<li><a href="#([^"]+)">([^<]*)</a></li>', page)


def test_everything_wrong_is_said_at_once_beside_its_field_and_in_a_summary(client: FlaskClient) -> None:
    page = client.post(STEP_2, data=details(name="", kind="", email="", postcode=""))

    assert page.status_code == 422
    for field in ("name", "kind", "email", "postcode"):
        assert f'href="#{field}"' in page.text
        assert f'id="{field}-error"' in page.text


def test_a_question_left_out_is_marked_beside_itself(client: FlaskClient) -> None:
    inventory = client.post(STEP_2, data=details()).location

    page = client.post(inventory, data={"level-vat_reporting": "2"})

    assert page.status_code == 422
    assert 'id="level-digital_signature-error"' in page.text
    assert 'id="level-vat_reporting-error"' not in page.text


def test_a_postcode_across_a_border_asks_for_the_municipality(client: FlaskClient) -> None:
    page = client.post(STEP_2, data=details(postcode="2640"))

    assert page.status_code == 422
    assert '<option value="dk-0169"' in page.text
    assert client.post(STEP_2, data=details(postcode="2640", municipality="dk-0169")).status_code == 302


def test_the_summary_says_which_field_in_the_order_of_the_form(client: FlaskClient) -> None:
    wrong = details(phone="none", email="michael", kind="", name="", postcode="")
    page = client.post(STEP_2, data=wrong, query_string={"language": "en"})

    assert summary_of(page.text) == [
        ("name", "Name of the organisation: Write the name of the organisation."),
        ("kind", "Kind of organisation: Choose what kind of organisation it is."),
        ("postcode", "Postcode: Write the postcode."),
        ("email", "E-mail: Write the e-mail address as name@example.org."),
        (
            "phone",
            "Mobile number: Write the phone number in digits; one from abroad with + and its country code first.",
        ),
    ]


def test_each_question_left_out_is_named(client: FlaskClient) -> None:
    inventory = client.post(STEP_2, data=details()).location

    page = client.post(inventory, data={"help_forms": ["desk"]}, query_string={"language": "en"})

    said = [words for _, words in summary_of(page.text)]
    assert len(said) == len(set(said)) == 4
    assert all(words.endswith("? Choose an answer.") for words in said)


@pytest.mark.parametrize("who", ["own", "staff"])
def test_all_that_is_wrong_with_contact_data_is_said_at_once(client: FlaskClient, who: str) -> None:
    case: Any = client.post("/registration/api/cases", json=a_registration()).json
    if who == "staff":
        sign_in(client)
    page = f"/registration/case/{case['token']}" if who == "own" else f"/registration/cases/{case['case_id']}"

    refused = client.post(f"{page}/contact", data=details(email="michael", phone="none"))

    assert [field for field, _ in summary_of(refused.text)] == ["email", "phone"]


def test_without_a_postcode_sweden_asks_for_the_municipality_that_its_page_offers(client: FlaskClient) -> None:
    wish = details(number="556036-0793", postcode="", help_forms=[])

    page = client.post(f"/registration/register/{SWEDISH}/details", data=wish)

    assert [field for field, _ in summary_of(page.text)] == ["municipality"]


def test_a_field_that_another_makes_necessary_is_not_called_optional(client: FlaskClient) -> None:
    page = client.post(STEP_1, data={"number": CVR_NUMBERS[0]}, query_string={"language": "en"}).text

    optional = {
        name
        for name, label in re.findall(r'<label class="form-label" for="(\w+)">(.*?)</label>', page)
        if "optional" in label
    }
    assert optional == {"contact_name", "city"}


def test_an_exemption_without_a_ground_is_told_beside_the_ground(client: FlaskClient) -> None:
    sign_in(client)
    case_id = client.post("/registration/api/cases", json=a_registration(), headers=AS_OPERATOR).json["case_id"]

    page = client.post(f"/registration/cases/{case_id}/closure", data={"state": "exempt"})

    assert [field for field, _ in summary_of(page.text)] == ["ground"]
