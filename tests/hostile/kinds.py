"""The ways to make a message: sound ones, and every kind of wrong one."""

import gzip
import json
import random
import zlib
from typing import Any

from frist_contracts import EVENTS, MAX_BYTES, ProgrammeApplied
from tests.hostile.specimen import ACCEPTED, EITHER, REFUSED, a_message, as_bytes, kind, places

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 1.0, 1e308,
    "", " ", "\n", "x" * 255, "x" * 256, "x" * 10_000, "\x00", "a\x00b", "\ud800", "\udfff tail", "\u202e", "\x1b[31m",
    "null", "NaN", "-1", "1e999", "true", "\u202ereversed", "'; DROP TABLE parked; --", "{{7*7}}", "%s%n", "../../etc",
    [], {}, [[]], [None], {"": ""}, {"a": {"b": {}}}, [1, "a", None], {"\x00": 1}, ["\ud83d"],
)  # fmt: skip
TIMES = (
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z",
    "2012-06-30T23:59:60Z", "2013-09-17T24:00:00Z", "2013-09-17T09:12:48", "2013-09-17", "2013-02-30T00:00:00Z",
    "2013-09-17T09:12:48+99:99", "17.09.2013 09:12", "1379409168", "now", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
    "2013-W38-2T09:12:48Z", "20130917T091248Z", "2013-09-17 09:12:48+02:00", "2013-09-17T09:12:48.123456789Z",
    "0999-12-31T23:59:59Z", "9998-12-31T23:59:59Z", "\uff12\uff10\uff11\uff13-09-17T09:12:48Z", "2013-09-17T09:12:48+00:00:30",
)  # fmt: skip
NUMBERS = (
    "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "-0", "-0.0", "0x10", "01", "1_000", ".5", "+1", "1.", "1.0",
    "1e2", "9" * 20, "9" * 5000, str(2**63), str(-(2**63) - 1), str(2**63 - 1), "1e-999", "--1", "\u0663",
)  # fmt: skip
IDS = (
    "", "1", "not-a-uuid", "x" * 36, "00000000-0000-0000-0000-00000000000g", "../../etc/passwd", "0" * 31, "0" * 33,
    "{}", "urn:uuid:", "01928cc0-a5f7-7f7a-9d3f", " " * 36, "\x00" * 36, "\ud800" * 36,
)  # fmt: skip
TYPES = (
    "", "registration", "registration.case_opened", "registration.case_opened.v0", "registration.case_opened.v2",
    "registration.case_opened.v1 ", "Registration.Case_Opened.V1", "registration.case_opened.v1\x00", "*", "#",
    "registrat\u0456on.case_opened.v1", "__class__", "scheduling.case_opened.v1", "x" * 255, "x" * 256, "a\nb", "\x1b[2J",
)  # fmt: skip
ENVELOPE = (
    "specversion", "id", "source", "type", "subject", "time", "sequence", "position", "municipality", "lane",
    "correlationid", "data",
)  # fmt: skip


@kind(ACCEPTED, share=40)
def sound(rng: random.Random) -> bytes:
    return as_bytes(a_message(rng))


@kind(ACCEPTED)
def with_fields_nobody_knows(rng: random.Random) -> bytes:
    message = a_message(rng)
    message["new"], message["data"]["newer"] = {"deep": [1, "å", None]}, rng.choice((1, "x", [], {}))
    return as_bytes(message)


@kind(ACCEPTED)
def written_another_way(rng: random.Random) -> bytes:
    message = a_message(rng)
    names = list(message)
    rng.shuffle(names)
    ascii_only = rng.random() < 0.5
    return json.dumps(
        {name: message[name] for name in names}, indent=rng.choice((None, 2)), ensure_ascii=ascii_only
    ).encode()


@kind(EITHER, share=40)
def with_bytes_changed(rng: random.Random) -> bytes:
    body = bytearray(as_bytes(a_message(rng)))
    for _ in range(rng.choice((1, 1, 2, 5, 50))):
        body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body)


@kind(EITHER, share=20)
def with_a_piece_moved(rng: random.Random) -> bytes:
    body = as_bytes(a_message(rng))
    start, end, to = sorted(rng.randrange(len(body)) for _ in range(3))
    piece = body[start:end]
    return rng.choice(
        (body[:start] + body[end:], body[:to] + piece + body[to:], body[:start] + piece[::-1] + body[end:])
    )


@kind(REFUSED)
def cut_short(rng: random.Random) -> bytes:
    body = as_bytes(a_message(rng))
    return body[: rng.randrange(len(body))]


@kind(REFUSED)
def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 2, 16, 600)))


@kind(REFUSED)
def in_another_encoding(rng: random.Random) -> bytes:
    text = as_bytes(a_message(rng)).decode()
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp500", "utf-32-be"))
    return text.encode(encoding, errors="replace")


@kind(REFUSED)
def with_bytes_that_are_no_utf8(rng: random.Random) -> bytes:
    odd = rng.choice(
        (b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\x80", b"\xfe", b"\xf0\x80\x80\xaf", b"\xe6")
    )
    message = a_message(rng)
    message["correlationid"] = "MARK"
    return as_bytes(message).replace(b"MARK", b"a" + odd + b"b")


@kind(REFUSED)
def packed(rng: random.Random) -> bytes:
    return rng.choice((lambda body: gzip.compress(body, mtime=0), zlib.compress))(as_bytes(a_message(rng)))


@kind(REFUSED, share=20)
def with_text_no_database_keeps(rng: random.Random) -> bytes:
    message = a_message(rng)
    texts = [(where, key) for where, key in places(message) if isinstance(where[key], str)]
    where, key = rng.choice(texts)
    where[key] = "MARK"
    escape = rng.choice((b"\\u0000", b"a\\ud800", b"\\udc00b", b"\\ud83d \\ude00", b"\\u0000" * 50))
    return as_bytes(message).replace(b"MARK", escape)


@kind(EITHER, share=80)
def with_a_value_of_another_kind(rng: random.Random) -> bytes:
    message = a_message(rng)
    where, key = rng.choice(places(message))
    where[key] = rng.choice(ODD_VALUES)
    return json.dumps(message).encode()


@kind(EITHER, share=40)
def with_an_odd_number(rng: random.Random) -> bytes:
    message = a_message(rng)
    numbers = [(where, key) for where, key in places(message) if type(where[key]) in (int, float)]
    where, key = rng.choice(numbers)
    where[key] = "MARK"
    return as_bytes(message).replace(b'"MARK"', rng.choice(NUMBERS).encode())


@kind(EITHER, share=30)
def at_an_odd_time(rng: random.Random) -> bytes:
    message = a_message(rng)
    times = [(where, key) for where, key in places(message) if _looks_like_a_time(where[key])]
    where, key = rng.choice(times)
    where[key] = rng.choice(TIMES)
    return as_bytes(message)


def _looks_like_a_time(value: Any) -> bool:
    return isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-" and len(value) in (10, 20, 25, 26, 32)


@kind(REFUSED, share=20)
def without_a_field(rng: random.Random) -> bytes:
    message = a_message(rng)
    del message[rng.choice(ENVELOPE)]
    return as_bytes(message)


@kind(EITHER, share=20)
def without_some_data(rng: random.Random) -> bytes:
    message = a_message(rng)
    del message["data"][rng.choice(list(message["data"]))]
    return as_bytes(message)


@kind(REFUSED)
def with_an_id_that_is_none(rng: random.Random) -> bytes:
    return json.dumps({**a_message(rng), "id": rng.choice(IDS)}).encode()


@kind(REFUSED, share=20)
def of_a_type_nobody_knows(rng: random.Random) -> bytes:
    return json.dumps({**a_message(rng), "type": rng.choice(TYPES)}).encode()


@kind(REFUSED, share=20)
def from_somebody_else(rng: random.Random) -> bytes:
    message = a_message(rng)
    others = ["/registration", "/scheduling", "/municipality/0101", "/", "registration", "/registration/", "/x\x1b[0m"]
    message["source"] = rng.choice([other for other in others if other != message["source"]])
    return json.dumps(message).encode()


@kind(REFUSED)
def about_something_else(rng: random.Random) -> bytes:
    return as_bytes({**a_message(rng), "subject": "somebody else's case"})


@kind(REFUSED)
def with_the_data_of_another_type(rng: random.Random) -> bytes:
    one, other = rng.sample(
        [event for event in EVENTS if not event.type_name().endswith(("closed.v1", "requested.v1"))], 2
    )
    return as_bytes({**a_message(rng, one), "data": {"of": a_message(rng, other)["type"]}})


@kind(EITHER)
def saying_a_name_twice(rng: random.Random) -> bytes:
    body = as_bytes(a_message(rng))
    name = rng.choice(ENVELOPE)
    return body[:-1] + f',"{name}":{json.dumps(rng.choice(ODD_VALUES[:20]))}}}'.encode()


@kind(REFUSED, share=6)
def nested_without_end(rng: random.Random) -> bytes:
    depth = rng.choice((40, 500, 900, 1000, 5_000, 100_000))
    opening, closing = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    deep = opening * depth + b"1" + closing * depth * rng.randrange(2)
    return rng.choice((deep, as_bytes(a_message(rng))[:-1] + b',"new":' + deep + b"}"))


@kind(EITHER, share=6)
def nested_in_a_definition(rng: random.Random) -> bytes:
    message = a_message(rng, ProgrammeApplied)
    deep: Any = "end"
    for _ in range(rng.choice((5, 28, 40, 200))):
        deep = rng.choice(({"a": deep}, [deep]))
    message["data"]["definition"]["extra"] = deep
    return as_bytes(message)


@kind(REFUSED, share=1)
def too_large(rng: random.Random) -> bytes:
    body = as_bytes(a_message(rng))
    return body + b" " * (MAX_BYTES - len(body) + rng.choice((1, 2, 1000)))


@kind(ACCEPTED, share=1)
def as_large_as_allowed(rng: random.Random) -> bytes:
    body = as_bytes(a_message(rng))
    return body + b" " * (MAX_BYTES - len(body))


@kind(EITHER, share=1)
def with_very_much_of_it(rng: random.Random) -> bytes:
    message = a_message(rng)
    where, key = rng.choice(places(message["data"]))
    where[key] = rng.choice(([0] * 50_000, ["x"] * 50_000, "x" * 500_000, {str(n): n for n in range(20_000)}))
    return as_bytes(message)


@kind(REFUSED)
def json_but_no_event(rng: random.Random) -> bytes:
    return rng.choice(
        (b"[]", b"{}", b"null", b'"text"', b"17", b"true", b'{"specversion":"1.0"}', b"[{}]", b'{"specversion":1.0}')
    )
