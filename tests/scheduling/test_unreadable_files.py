"""A file that cannot be read to its end: the answer says where, how to mend it and what was kept."""

import pytest

from services.scheduling.handlers.importing import ROWS_IN_A_TRANSACTION
from services.scheduling.handlers.reading import MOST_REFUSALS
from tests.scheduling import builders
from tests.scheduling.conftest import OPERATOR_KEY
from tests.support.web_process import send_and_hang_up, web_process

TWO_BATCHES = 2 * ROWS_IN_A_TRANSACTION
HEADER = "venue_id,municipality,name,address,opening\n"


def a_row(number):
    return f"lib-{number},dk-0101,Bibliotek {number},Gade {number},\n"


def a_file(rows, *more):
    return b"".join([HEADER.encode(), *(a_row(number).encode() for number in range(rows)), *more])


def sent(operator, body):
    return operator.put("/scheduling/api/venues", data=body, content_type="text/csv")


def kept(world):
    return world.scalar("SELECT count(*) FROM venues")


@pytest.mark.parametrize(
    "fault",
    [
        b"x,dk-0101,R\xe5dhus,Gade 1,\n",
        b"x,dk-0101," + b"a" * 131_073 + b",Gade 1,\n",
        b'x,dk-0101,"Hovedbiblioteket,Gade 1,\n',
        b'x,dk-0101,"Hoved"bibliotek,Gade 1,\n',
    ],
    ids=["not UTF-8", "a field too long", "a quote left open", "a quote inside"],
)
def test_a_line_that_cannot_be_read_is_told_with_what_was_kept_before_it(operator, world, fault):
    rows = ROWS_IN_A_TRANSACTION + 100

    answer = sent(operator, a_file(rows, fault, a_row("after").encode()))

    told = answer.get_json()
    assert (answer.status_code, told["type"]) == (422, "/problems/file_unreadable")
    assert told["line"] == rows + 2
    assert told["detail"].startswith(f"Line {rows + 2} ")
    assert told["errors"] == [{"field": "file", "message": told["detail"]}]
    assert (told["rows"], told["changed"], told["refused"], told["refusals"]) == (rows, rows, 0, [])
    assert kept(world) == rows


def test_a_file_that_was_mended_is_taken_in_from_where_it_broke(operator, world):
    sent(operator, a_file(3, b"\xff\n"))

    report = sent(operator, a_file(5)).get_json()

    assert (report["changed"], report["unchanged"], kept(world)) == (2, 3, 5)


@pytest.mark.parametrize("header", [b"venue_id,\xff\n", b'"venue_id"x,name\n', b""])
def test_a_first_line_that_cannot_be_read_keeps_nothing(operator, world, header):
    answer = sent(operator, header + a_row(1).encode())

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["message"]
    assert kept(world) == 0


def test_a_row_of_several_lines_is_told_with_its_first(operator):
    rows = HEADER + '\na,dk-0101,A,"Gade 1\n1172 København K",\nb,nowhere,"B\nB",Gade 2,\nc,dk-0101,C,Gade 3,,more\n'

    report = sent(operator, rows.encode()).get_json()

    assert (report["rows"], report["changed"]) == (3, 1)
    assert [refusal["line"] for refusal in report["refusals"]] == [5, 7]


def test_every_refused_row_is_told(operator):
    report = sent(operator, HEADER.encode() + b"a,nowhere,A,B,\n" * 1_500).get_json()

    assert report["refused"] == 1_500
    assert [refusal["line"] for refusal in report["refusals"]] == list(range(2, 1_502))


def test_a_file_of_nothing_but_refusals_is_read_no_further(operator):
    told = sent(operator, HEADER.encode() + b"a\n" * (MOST_REFUSALS + 2_000)).get_json()

    assert told["type"] == "/problems/file_unreadable"
    assert MOST_REFUSALS <= told["refused"] == len(told["refusals"]) < MOST_REFUSALS + ROWS_IN_A_TRANSACTION


def test_a_row_with_characters_that_cannot_be_kept_is_refused_and_the_others_are_kept(operator, world):
    report = sent(operator, a_file(1, b"x,dk-0101,Hoved\0bibliotek,Gade 1,\n", a_row("after").encode())).get_json()

    assert [(refusal["line"], refusal["field"]) for refusal in report["refusals"]] == [(3, "name")]
    assert (report["changed"], kept(world)) == (2, 2)


def test_a_value_too_long_to_be_kept_is_refused_with_its_row(operator, world):
    sent(operator, a_file(1))
    header = b"coach_id,name,email,municipalities,languages,forms,accreditations,availability\n"
    topic, room = "".join(map(str, range(20_000))), "".join(map(str, range(20_000, 40_000)))
    rows = (
        f"c-1,Karen Holm,k@example.dk,dk-0101,da,desk,{topic}:2014-12-31,\n"
        f"c-2,Karen Holm,k@example.dk,dk-0101,da,desk,digital_mailbox:2014-12-31,mon 10:00-16:00@lib-0/{room}\n"
    )

    report = operator.put("/scheduling/api/coaches", data=header + rows.encode(), content_type="text/csv").get_json()

    assert [(refusal["line"], refusal["field"]) for refusal in report["refusals"]] == [
        (2, "accreditations"),
        (3, "availability"),
    ]


def test_nothing_is_taken_of_a_file_that_breaks_off(world):
    world.has(builders.a_venue(venue_id="lib-1"))
    header = b"coach_id,name,email,municipalities,languages,forms,accreditations,availability\n"
    week = b"digital_signature:2014-12-31,tue 10:00-14:00@lib-1; wed 10:00-14:00@lib-1\n"
    coaches = (b"c-%d,Karen,karen@example.dk,dk-0101,da,desk,%b" % (number, week) for number in range(TWO_BATCHES))
    rows = header + b"".join(coaches)

    with web_process("scheduling", world.database, OPERATOR_KEY) as port:
        cut, length = rows[: rows.rindex(b";")], f"Content-Length: {len(rows)}"
        answer = send_and_hang_up(port, "PUT /scheduling/api/coaches", OPERATOR_KEY, cut, length)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"/problems/body_broke_off"' in answer
    assert world.rows("SELECT coach_id FROM coaches") == []
