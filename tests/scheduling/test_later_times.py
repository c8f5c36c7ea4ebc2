"""Free seats come page by page: whoever cannot come soon finds the later ones."""

import re
from html import unescape

from tests.scheduling.builders import a_coach, a_contact, a_venue, an_assessment, two_municipalities
from tests.scheduling.conftest import token_of


def test_free_seats_come_page_by_page_and_none_is_left_out(client, world):
    world.has(*two_municipalities(), a_coach("coach-3"))
    world.hear(a_contact(), an_assessment())
    address = f"/scheduling/api/case/{token_of()}"
    whole = client.get(address, query_string={"free": 200}).get_json()

    page, seen = {"next": ""}, []
    while page["next"] is not None:
        page = client.get(address, query_string={"free": 3} | ({"after": page["next"]} if seen else {})).get_json()
        seen += [session["session_id"] for session in page["free"]]

    assert whole["next"] is None
    assert len(seen) > 8
    assert seen == [session["session_id"] for session in whole["free"]]


def test_later_times_are_on_the_next_page(client, world):
    world.has(a_venue(), a_coach())
    world.hear(a_contact(), an_assessment())
    address = f"/scheduling/case/{token_of()}/seats"

    first = client.get(address, query_string={"limit": 2, "language": "en"}).text
    link = re.search(r'href="([^"]+)">Next page', first)
    second = client.get(unescape(link[1])).text

    chosen = [set(re.findall(r'name="session_id" value="([^"]+)"', page)) for page in (first, second)]
    assert chosen[0]
    assert chosen[1]
    assert not chosen[0] & chosen[1]
