"""Requests as a client may send them, sound and odd at once, drawn from what an OpenAPI document says of a call."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

PROGRAMME_FILE = (Path(__file__).parents[2] / "programmes" / "dk-digital-post-2013.yaml").read_text()
ONE_IN, ONE_VALUE_IN = 5, 12
"""So often something odd stands in the place of something sound; a body has many values, and half of them are to be sound."""
TOPICS = ("digital_signature", "digital_mailbox", "vat_reporting", "sick_pay_reporting")
FIRST, LAST = date(2013, 8, 1), date(2013, 12, 31)

TEXTS = st.sampled_from(
    [
        "",
        " ",
        "\0",
        "\ud800",
        "a\0b",
        "\u202e",
        "ø" * 3_000,
        "x" * 70_000,
        "💥",
        "null",
        "-1",
        "1e999",
        "NaN",
        "9" * 400,
    ]
) | st.sampled_from(
    ["2013-11-01", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "%00", "../x", "a@b", "=1+1"]
)
NUMBERS = st.sampled_from([0, -1, 7, 2**31, 2**63, -(2**63) - 1, 10**400, 0.5, 1e308, float("nan"), float("inf")])
PLAIN = st.none() | st.booleans() | NUMBERS | TEXTS | st.text(max_size=8)
ODD = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
RAW_BODIES = st.sampled_from(
    [
        *(b"", b"{", b"nul", b"\xff\xfe{\0}\0", b"\xef\xbb\xbf{}", b"[" * 50_000, b'{"a":' * 20_000, b"{}" * 3),
        *(b'{"a": ' + b"9" * 5_000 + b"}", b'"\\ud800"', b'{"\\u0000": 1}', b"\0" * 10, b"a=1&b=2", b"{'a': 1}"),
    ]
) | st.binary(max_size=20)
CONTENT_TYPES = [
    "application/json",
    "text/csv",
    "text/plain",
    "multipart/form-data",
    "application/json; charset=utf-16",
    "?",
]
COLUMNS = {
    "venues": "venue_id,municipality,name,address,opening",
    "coaches": "coach_id,name,email,municipalities,languages,forms,accreditations,availability",
}
"""Of the tables whose calls do not tell them."""
OTHER_METHODS = ("PATCH", "TRACE", "FRIST")
"""Which no call has."""
HEADERS = {
    "Accept": ["image/png", ";q=x", "*/*"],
    "Accept-Language": ["sv;q=2", "ø", "-" * 300],
    "Cookie": ["frist_session=x", "frist_session=\xff", "language=%00"],
    "Idempotency-Key": ["k", "k" * 300, "\xe5\xe4\xf6"],
    "Range": ["bytes=5-1"],
}


@dataclass(frozen=True)
class Operation:
    """One call of a service's document, with what its references lead to."""

    method: str
    path: str
    told: Mapping[str, Any] = field(repr=False)
    schemas: Mapping[str, Any] = field(repr=False)

    @property
    def is_closed(self) -> bool:
        """Whether it is only for who is signed in."""
        return bool(self.told["security"])


@dataclass(frozen=True)
class Request:
    """One request, down to its bytes."""

    who: str
    method: str
    path: bytes
    query: str
    headers: Mapping[str, str]
    body: bytes


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every call of a document."""
    schemas = document["components"]["schemas"]
    return [
        Operation(
            method.upper(),
            path,
            told | {"parameters": [*told.get("parameters", []), *calls.get("parameters", [])]},
            schemas,
        )
        for path, calls in document["paths"].items()
        for method, told in calls.items()
        if method != "parameters"
    ]


@st.composite
def requests(draw: st.DrawFn, operation: Operation, who: Sequence[str], known: Mapping[str, Sequence[str]]) -> Request:
    """One request to an operation; `known` are values that lead somewhere, by the names that they have everywhere."""
    place, query = operation.path, []
    for parameter in operation.told["parameters"]:
        name, schema = parameter["name"], parameter.get("schema", {})
        if parameter["in"] == "path":
            place = place.replace(f"{{{name}}}", as_text(draw(_value(name, schema, known, operation))), 1)
        elif parameter["in"] == "query" and draw(st.integers(0, 2)):
            query.append(
                (name, as_text(draw(_cursors(known) if name == "after" else _value(name, schema, known, operation))))
            )
    if draw(_rarely()):
        query.append(draw(st.tuples(TEXTS, TEXTS)))
    kind, body = draw(_bodies(operation, known))
    headers = {"Content-Type": kind} if kind else {}
    if draw(_rarely()):
        name = draw(st.sampled_from(sorted(HEADERS)))
        headers[name] = draw(st.sampled_from(HEADERS[name]))
    written = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query)
    method = draw(st.sampled_from(OTHER_METHODS)) if draw(_rarely(ONE_VALUE_IN)) else operation.method
    return Request(draw(st.sampled_from(who)), method, _bytes(place), written, headers, body)


def as_text(value: Any) -> str:
    """A value as it stands in an address."""
    return value if isinstance(value, str) else json.dumps(value)


def _quoted(value: str) -> str:
    return quote(_bytes(value))


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _rarely(one_in: int = ONE_IN) -> st.SearchStrategy[bool]:
    return st.integers(1, one_in).map(lambda number: number == one_in)


def _cursors(known: Mapping[str, Sequence[str]]) -> st.SearchStrategy[str]:
    ids = st.sampled_from(sorted({value for values in known.values() for value in values}))
    made = st.lists(ids | ODD, max_size=3).map(lambda values: urlsafe_b64encode(json.dumps(values).encode()).decode())
    return made | TEXTS


@st.composite
def _bodies(draw: st.DrawFn, operation: Operation, known: Mapping[str, Sequence[str]]) -> tuple[str | None, bytes]:
    content = operation.told.get("requestBody", {}).get("content", {})
    if not content or draw(_rarely()):
        return draw(st.none() | st.sampled_from(CONTENT_TYPES)), draw(st.just(b"") | RAW_BODIES)
    ((kind, told),) = content.items()
    if kind == "application/json":
        written = draw(_objects(operation.schemas, told["schema"], known))
        body = json.dumps(written).encode()
    elif kind == "text/csv":
        body = draw(_tables(operation, known))
    else:
        body = draw(_programmes())
    if draw(_rarely()):
        kind = draw(st.sampled_from(CONTENT_TYPES))
    return kind, body


@st.composite
def _tables(draw: st.DrawFn, operation: Operation, known: Mapping[str, Sequence[str]]) -> bytes:
    """A file with the call's columns."""
    told = COLUMNS.get(operation.path.rpartition("/")[2]) or operation.told["summary"]
    found = re.search(r"\w+(,\w+){2,}", told)
    assert found, operation
    columns = found[0].split(",")
    if draw(_rarely()):
        columns = draw(st.permutations(columns))[1:]
    cells = [st.sampled_from([*known.get(name, ["1"]), "1"]) | TEXTS for name in columns]
    rows = draw(st.lists(st.tuples(*cells), max_size=3))
    ending = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n", '"\n']))
    return _bytes(ending.join([",".join(columns), *[",".join(row) for row in rows]]) + ending)


@st.composite
def _programmes(draw: st.DrawFn) -> bytes:
    """A programme's file with one line that is another."""
    lines = PROGRAMME_FILE.splitlines()
    at = draw(st.integers(0, len(lines) - 1))
    name = lines[at].partition(":")[0]
    lines[at] = draw(
        st.just("")
        | PLAIN.map(lambda value: f"{name}: {json.dumps(value)}")
        | TEXTS.map(lambda text: f"{name}: {text}")
    )
    return _bytes("\n".join(lines))


@st.composite
def _objects(draw: st.DrawFn, schemas: Mapping[str, Any], schema: Any, known: Mapping[str, Sequence[str]]) -> Any:
    """A body as its schema has it, with something odd, left out or added here and there."""
    if draw(_rarely(ONE_VALUE_IN)):
        return draw(ODD)
    schema = _resolved(schema, schemas)
    written = {
        name: draw(_value(name, inner, known, schemas))
        for name, inner in schema.get("properties", {}).items()
        if not inner.get("readOnly") and draw(st.integers(0, 2 if name not in schema.get("required", []) else 24))
    }
    return written | ({"another": draw(ODD)} if draw(_rarely(ONE_VALUE_IN)) else {})


@st.composite
def _value(draw: st.DrawFn, name: str, schema: Any, known: Mapping[str, Sequence[str]], of: Any) -> Any:
    if draw(_rarely(ONE_VALUE_IN)):
        return draw(ODD)
    schemas = of.schemas if isinstance(of, Operation) else of
    return draw(_sound(name, _resolved(schema, schemas), known, schemas))


def _resolved(schema: Any, schemas: Mapping[str, Any]) -> Any:
    if reference := schema.get("$ref"):
        return schemas[reference.rpartition("/")[2]]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _resolved(schema[word][0], schemas)
    return schema


FORMATS = {
    "date": st.dates(FIRST, LAST).map(str),
    "date-time": st.dates(FIRST, LAST).map(lambda day: f"{day}T12:00:00+02:00"),
    "time": st.times().map(str),
    "uuid": st.uuids().map(str),
    "email": st.just("somebody@example.dk"),
}


def _sound(name: str, schema: Any, known: Mapping[str, Sequence[str]], schemas: Any) -> st.SearchStrategy[Any]:
    """What the schema allows, near enough; what leads somewhere where that is known."""
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if kind == "array":
        return st.lists(_value(name.removesuffix("s"), schema.get("items", {}), known, schemas), max_size=3)
    if kind == "object":
        inner = schema.get("additionalProperties")
        is_by_topic = isinstance(inner, dict) and not schema.get("properties")
        return _by_topic(_value(name, inner, known, schemas)) if is_by_topic else _objects(schemas, schema, known)
    return st.sampled_from(known[name]) if kind == "string" and name in known else _single(kind, schema)


def _by_topic(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(dict.fromkeys(TOPICS, values)) | st.dictionaries(st.sampled_from(TOPICS), values)


def _single(kind: str, schema: Any) -> st.SearchStrategy[Any]:
    if kind in {"integer", "number"}:
        return st.integers(int(schema.get("minimum", 0)), int(schema.get("maximum", 60)))
    if kind == "boolean":
        return st.booleans()
    return FORMATS.get(schema.get("format", ""), st.text("abcæ ", min_size=1, max_size=schema.get("maxLength", 12)))
