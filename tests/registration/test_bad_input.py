"""Whatever is sent, the answer says what to mend; and many at once make one case."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.database import Database
from services.registration import handlers
from services.registration.domain.contact import Contact
from services.registration.domain.place_files import PlaceFileRefused, read_municipalities, read_postcodes
from services.registration.handlers.registering import RegisterOrganisation
from tests.registration.builders import AS_OPERATOR, CVR_NUMBERS, DANISH, a_registration, outbox_types
from web.paging import encode_cursor

CASES = "/registration/api/cases"


def test_many_registrations_at_once_make_one_case(database: Database[Any]) -> None:
    contact = Contact(organisation_name="Søkilde", email="m@example.dk", channel="email")
    wish = RegisterOrganisation(
        programme_id=DANISH, number=CVR_NUMBERS[0], kind="company", contact=contact, municipality="dk-0461"
    )

    def register(_: int) -> tuple[str, bool]:
        with database.begin() as uow:
            result = handlers.register_organisation(wish, uow)
            return result.case.case_id, result.is_new

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(register, range(8)))

    assert len({case_id for case_id, _ in results}) == 1
    assert sum(is_new for _, is_new in results) == 1
    assert outbox_types(database).count("case_opened") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "A\0B"},
        {"name": "\ud800"},
        {"name": ""},
        {"name": "x" * 1000},
        {"name": None},
        {"number": "\0"},
        {"number": 99734299},
        {"kind": "firm"},
        {"language": "xx"},
        {"channel": "pigeon"},
        {"help_forms": ["dance"]},
        {"help_forms": "desk"},
        {"email": "not an address"},
        {"phone": "call me"},
        {"municipality": "dk-9999"},
        {"municipality": "se-0180"},
        {"postcode": "\0"},
        {"programme_id": "dk-\0"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_bad_field_is_named(client: FlaskClient, database: Database[Any], change: dict[str, Any]) -> None:
    response = client.post(CASES, json=a_registration(**change))

    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert response.json["errors"][0]["field"].split(".")[0] == next(iter(change))
    assert response.json["errors"][0]["message"]
    assert outbox_types(database) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(sorted(a_registration())), st.text() | st.integers() | st.none() | st.lists(st.text())
    )
)
def test_no_registration_breaks_the_service(client: FlaskClient, change: dict[str, Any]) -> None:
    response = client.post(CASES, json=a_registration(**change))

    assert response.status_code in {200, 201, 404, 422}


@pytest.mark.parametrize("cursor", [encode_cursor("x"), encode_cursor(1), encode_cursor([1]), encode_cursor()])
def test_a_cursor_of_another_list_shows_the_first_page(client: FlaskClient, cursor: str) -> None:
    client.post(CASES, json=a_registration())

    assert len(client.get(CASES, query_string={"after": cursor}, headers=AS_OPERATOR).json["items"]) == 1


@pytest.mark.parametrize(
    "path",
    ["cases/not-a-case", "programmes/%00", "postcodes/dk/%00", "imports/nothing", "case/%00", "municipalities/xx"],
)
def test_an_address_that_leads_nowhere_says_so(client: FlaskClient, path: str) -> None:
    assert client.get(f"/registration/api/{path}", headers=AS_OPERATOR).status_code in {200, 404}


MUNICIPALITIES = "code,name,region,population,tile_column,tile_row,neighbours\n"


@pytest.mark.parametrize(
    ("rows", "line", "field"),
    [
        ("", 2, "code"),
        ("dk-0101,København,Hovedstaden,x,1,1,\n", 2, "population"),
        ("dk-0101,København,Hovedstaden,3000000000,1,1,\n", 2, "population"),
        ("se-0101,København,Hovedstaden,1,1,1,\n", 2, "code"),
        ("dk-0101,,Hovedstaden,1,1,1,\n", 2, "name"),
        ("dk-0101,København,Hovedstaden,1,1,1,dk-0147\n", 2, "neighbours"),
        ("dk-0101,A,B,1,1,1,\ndk-0101,A,B,1,1,1,\n", 3, "code"),
        ("dk-0101,A\0,B,1,1,1,\n", 2, "name"),
        ("dk-0101,A,B,1,1,1,\ndk-0147," + "A" * 131_073 + ",B,1,1,1,\n", 3, "code"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_faulty_row_of_municipalities_names_its_line(rows: str, line: int, field: str) -> None:
    with pytest.raises(PlaceFileRefused) as refused:
        read_municipalities(MUNICIPALITIES + rows, "dk")

    assert (refused.value.facts["line"], refused.value.field) == (line, field)


def test_a_postcode_that_stands_twice_names_its_line() -> None:
    with pytest.raises(PlaceFileRefused, match="line 3"):
        read_postcodes("postcode,town,municipality\n5000,Odense C,dk-0461\n5000,Odense C,dk-0461\n")


def test_a_postcode_of_no_municipality_changes_nothing(client: FlaskClient) -> None:
    body = "postcode,town,municipality\n5000,Odense C,dk-9999\n"

    refused = client.put("/registration/api/postcodes/dk", data=body, headers=AS_OPERATOR)

    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "municipality")
    assert client.get("/registration/api/postcodes/dk/8000").json["items"] != []


@pytest.mark.parametrize("path", ["municipalities/dk", "postcodes/dk"])
def test_a_file_of_places_that_is_not_utf8_is_refused_with_the_line_and_what_to_do(
    client: FlaskClient, path: str
) -> None:
    content = "postcode,town,municipality\n5000,Odense,dk-0461\n6000,Kolding på søen,dk-0621\n".encode("latin-1")

    refused = client.put(f"/registration/api/{path}", data=content, headers=AS_OPERATOR)

    assert (refused.status_code, refused.json["type"], refused.json["line"]) == (422, "/problems/not_utf8", 3)
    assert "save the file as UTF-8" in refused.json["detail"]
