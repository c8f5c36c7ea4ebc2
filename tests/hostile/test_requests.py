"""Whatever a client sends to whichever call: it is taken, or refused in the one shape with nothing stored, and breaks nothing."""

import os
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from werkzeug.test import TestResponse

from messaging.refusals import Refusal
from operations.services import SERVICES
from tests.hostile.furnished import KEY, NOBODY, SETTINGS, STAFF, Furnished, address_of
from tests.hostile.requests import Operation, Request, operations, requests
from tests.support.databases import Databases
from web.problems import PROBLEM_JSON

COUNT = int(os.environ.get("FRIST_REQUESTS", "10"))
"""To each call."""
OF_HTTP = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    422: "invalid_fields",
}
OF_HTTP |= {406: "not_acceptable", 415: "unsupported_media_type"}
OF_NO_FIELD = {"idempotency_key_reused", "idempotency_key_too_long"}
"""Refusals of what no field holds."""
KEEPS_WHAT_IT_READ = "/problems/file_unreadable"
"""Of a table that cannot be read to its end the rows before are kept, as the call says."""


@pytest.fixture(params=SERVICES)
def furnished(
    request: pytest.FixtureRequest, databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Furnished]:
    for name, value in {**SETTINGS, "FRIST_LETTERS_FOLDER": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    furnished = Furnished(request.param, databases)
    yield furnished
    furnished.close()


def test_whatever_is_sent_is_taken_or_refused_in_the_one_shape(furnished: Furnished) -> None:
    broken = []
    for operation in operations(furnished.document):
        try:
            hold(operation, furnished)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the other calls are tried
            broken.append(error)
    if broken:
        raise ExceptionGroup("calls that break a promise", broken)


def hold(operation: Operation, furnished: Furnished) -> None:
    """Send so many requests to one call; the smallest that breaks a promise is told."""

    @settings(
        max_examples=COUNT,
        deadline=None,
        database=None,
        derandomize="FRIST_REQUESTS" not in os.environ,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(operation, (KEY, STAFF, NOBODY), furnished.known))
    def each(request: Request) -> None:
        answer, broke = furnished.send(request)
        stored = furnished.stored()
        try:
            judge(operation, request, answer, broke, sorted(set(stored) ^ set(furnished.before)))
        finally:
            if stored != furnished.before:
                furnished.put_back()

    each()


def judge(operation: Operation, request: Request, answer: TestResponse, broke: list[str], changes: list[Any]) -> None:
    """Hold the answer against what is promised of every one."""
    asked = address_of(request)
    assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, (asked, broke)
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        assert_is_a_problem(answer)
        assert not changes or answer.json["type"] == KEEPS_WHAT_IT_READ, (asked, changes)
    assert not changes or request.method != "GET", (asked, changes)
    if operation.is_closed and request.who == NOBODY:
        assert answer.status_code in {401, 404, 405, 308}, (asked, answer.status)


def assert_is_a_problem(answer: TestResponse) -> None:
    """With a type that programs may compare, and the field where one is at fault."""
    assert answer.content_type == PROBLEM_JSON
    told = answer.get_json()
    assert told["status"] == answer.status_code
    assert told["detail"]
    slug = re.fullmatch(r"/problems/([a-z_0-9]+)", told["type"])[1]
    assert slug in known_slugs() | {OF_HTTP.get(answer.status_code)}, told
    assert all(error["message"] and isinstance(error["field"], str) for error in told["errors"])
    assert told["errors"] or answer.status_code != HTTPStatus.UNPROCESSABLE_ENTITY or slug in OF_NO_FIELD, told


def known_slugs() -> set[str]:
    """Of every refusal that there is."""
    found, waiting = set(), [Refusal]
    while waiting:
        kind = waiting.pop()
        found.add(kind.slug)
        waiting += kind.__subclasses__()
    return found
