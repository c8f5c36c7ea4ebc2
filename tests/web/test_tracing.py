"""A caller's trace goes on in the events of its request, whether or not anybody takes traces here."""

import pytest
from flask.testing import FlaskClient

from web.database import unit_of_work

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("sent", "carried"),
    [
        (TRACE, TRACE),
        ("00-everything-is-fine-01", None),
        (TRACE.upper(), None),
        ("00-" + "0" * 32 + "-00f067aa0ba902b7-01", None),
        (TRACE + "; DROP TABLE outbox", None),
    ],
)
def test_the_callers_trace_is_carried_and_nonsense_is_not(client: FlaskClient, sent: str, carried: str | None) -> None:
    app = client.application
    with app.test_request_context("/library/api/books", headers={"traceparent": sent}):
        app.preprocess_request()

        with unit_of_work() as uow:
            assert uow.outbox.traceparent == carried
