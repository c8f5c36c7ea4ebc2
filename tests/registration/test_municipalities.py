"""Municipalities are told of when they change, and putting the same list again tells nobody anything."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from messaging.database import Database
from tests.registration.builders import AS_OPERATOR
from tests.registration.conftest import DATA

URL = "/registration/api/municipalities/se"
SWEDEN = (DATA / "municipalities" / "se.csv").read_text(encoding="utf-8")
FEWER = "code,name,region,population,tile_column,tile_row,neighbours\nse-0114,Upplands Väsby,Stockholm,45000,1,1,\n"
POSTCODE = "postcode,town,municipality\n11120,Stockholm,se-0180\n"


def put(client: FlaskClient, *contents: str) -> None:
    for content in contents:
        assert client.put(URL, data=content.encode(), headers=AS_OPERATOR).status_code == 200


def told(database: Database[Any]) -> list[tuple[int, int]]:
    """The sequence of each telling of Sweden, and how many municipalities it names."""
    query = text("""
        SELECT CAST(envelope AS jsonb) AS told FROM outbox
        WHERE type LIKE '%municipalities_imported%' ORDER BY position
    """)
    with database.engine.connect() as connection:
        events = [row.told for row in connection.execute(query) if row.told["data"]["country"] == "se"]
    return [(event["sequence"], len(event["data"]["municipalities"])) for event in events]


def test_the_same_municipalities_again_are_not_told_again(client: FlaskClient, database: Database[Any]) -> None:
    put(client, SWEDEN, SWEDEN)

    assert told(database) == [(1, 290)]


def test_changed_municipalities_are_told_each_time_with_the_next_sequence(
    client: FlaskClient, database: Database[Any]
) -> None:
    put(client, FEWER, FEWER, SWEDEN, SWEDEN)

    assert told(database) == [(1, 290), (2, 1), (3, 290)]


def test_a_municipality_that_only_a_postcode_kept_is_told_of_when_it_is_listed_again(
    client: FlaskClient, database: Database[Any]
) -> None:
    client.put("/registration/api/postcodes/se", data=POSTCODE, headers=AS_OPERATOR)
    both = FEWER + "se-0180,Stockholm,Stockholm,975000,2,1,\n"

    put(client, FEWER, both)

    assert told(database) == [(1, 290), (2, 1), (3, 2)]
