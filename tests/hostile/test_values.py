"""Values that go through the contracts and break something behind them: each is parked, and nothing else stops."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from frist_contracts import (
    MAX_BYTES,
    PAGE_CLOSED,
    EventTooLargeError,
    Lane,
    NoAddressLeft,
    PageClosed,
    ProgrammeApplied,
    SurveyAnswered,
    UnreadableEventError,
    encode,
)
from messaging.clock import machine_now
from messaging.delivery import Delivery, Message, Route
from messaging.identifiers import new_id
from messaging.subscribe import kernel_routes
from tests.contracts.samples import sample as sample_of
from tests.messaging.conftest import Sample
from tests.messaging.sample_handlers import count_answer


@pytest.fixture
def deliver(sample: Sample) -> Callable[..., None]:
    """Deliver a message to the sample service, without a broker; `handler` handles the answers."""

    def deliver(body: bytes, handler: Callable[..., Any] = count_answer) -> None:
        routes = {SurveyAnswered: Route(handler)}
        Delivery(sample.database, routes | kernel_routes("sample", routes)).deliver([Message(body, Lane.BULK)])

    return deliver


def an_answer_of(**data: Any) -> bytes:
    message = {**sample_of(SurveyAnswered), "id": new_id()}
    return json.dumps({**message, "data": {**message["data"], **data}}).encode()


def test_a_number_that_its_column_cannot_hold_parks_the_event_at_once(sample: Sample, deliver: Any) -> None:
    deliver(an_answer_of(score=2**40))

    assert sample.scalar("SELECT reason FROM parked") == "the database cannot keep a value of it: integer out of range"
    assert sample.scalar("SELECT count(*) FROM retries") == 0


def test_what_the_database_could_not_work_out_is_tried_again(sample: Sample, deliver: Any) -> None:
    def divide(_event: SurveyAnswered, uow: Any) -> None:
        uow.connection.execute(text("SELECT 1 / 0"))

    deliver(an_answer_of(), divide)

    assert sample.scalar("SELECT reason FROM retries").startswith("DataError: ")
    assert sample.scalar("SELECT count(*) FROM parked") == 0


def test_an_error_in_words_that_no_database_keeps_is_told_all_the_same(sample: Sample, deliver: Any) -> None:
    def break_oddly(_event: SurveyAnswered, _uow: Any) -> None:
        raise RuntimeError("it said \x00 and \ud800 " + "x" * 1_000)

    deliver(an_answer_of(), break_oddly)

    assert sample.scalar("SELECT reason FROM retries").startswith("RuntimeError: it said \ufffd and ? xxx")
    assert sample.scalar("SELECT length(reason) FROM retries") == 500


def test_a_page_that_no_outbox_can_have_is_parked_and_not_kept(sample: Sample, deliver: Any) -> None:
    page: dict[str, Any] = sample_of(PAGE_CLOSED["reporting"])
    for first, last in ((0, 10), (11, 10), (1, 2**63 - 1), (-5, -1)):
        data = {**page["data"], "first_position": first, "last_position": last}
        deliver(json.dumps({**page, "id": new_id(), "subject": str(last), "data": data}).encode())

    assert sample.scalar("SELECT count(*) FROM parked WHERE reason LIKE 'impossible_page:%'") == 4
    assert sample.scalar("SELECT count(*) FROM pages") == 0
    assert issubclass(PAGE_CLOSED["reporting"], PageClosed)


def test_of_a_body_larger_than_any_event_the_beginning_is_kept(sample: Sample, deliver: Any) -> None:
    deliver(b"x" * (MAX_BYTES + 7))

    assert sample.scalar("SELECT reason FROM parked") == (
        f"unreadable_event: body is {MAX_BYTES + 7} bytes, more than {MAX_BYTES}"
    )
    assert sample.scalar("SELECT length(body) FROM parked") == MAX_BYTES


def test_an_event_that_nobody_would_read_is_refused_where_it_is_made() -> None:
    event = ProgrammeApplied(
        **{**sample_of(ProgrammeApplied)["data"], "definition": {"text": "å" * (MAX_BYTES // 2)}},
        municipality="national",
    )

    with pytest.raises(EventTooLargeError, match="cut it into several"):
        encode(event, event_id=new_id(), time=machine_now(), lane=Lane.BULK, correlation_id=new_id())


def test_a_trace_that_makes_no_sense_does_no_harm(sample: Sample, deliver: Any) -> None:
    message = {**sample_of(SurveyAnswered), "id": new_id(), "traceparent": "00-everything-is-fine-01"}

    deliver(json.dumps(message).encode())

    assert sample.effects() == 1


@pytest.mark.parametrize("municipality", ["x" * 41, "dk-0101.urgent", "", "dk 0101"])
def test_a_producer_refuses_to_store_what_no_routing_key_can_name(municipality: str) -> None:
    """A relay that cannot put it into a routing key of 255 bytes would never get past it."""
    event = NoAddressLeft(case_id="c", programme_id="p", municipality=municipality)

    with pytest.raises(UnreadableEventError, match="municipality is missing or is not a code"):
        encode(event, event_id=new_id(), time=machine_now(), lane=Lane.URGENT, correlation_id="c")


def test_a_producer_refuses_to_store_what_is_about_nothing_that_can_be_named() -> None:
    """A subject comes from data, which may hold longer texts than an envelope: nobody would read the event."""
    event = NoAddressLeft(case_id="c" * 256, programme_id="p", municipality="dk-0101")

    with pytest.raises(UnreadableEventError, match="subject is missing or is not a text of 1 to 255 characters"):
        encode(event, event_id=new_id(), time=machine_now(), lane=Lane.URGENT, correlation_id="c")


def test_an_event_that_leads_to_one_that_nobody_would_read_waits_and_is_not_lost(sample: Sample, deliver: Any) -> None:
    deliver(an_answer_of(case_id="c" * 300))

    assert sample.scalar("SELECT count(*) FROM outbox WHERE type = 'notifications.no_address_left.v1'") == 0
    assert "subject" in sample.scalar("SELECT reason FROM retries UNION ALL SELECT reason FROM parked")
