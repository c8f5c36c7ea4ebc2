"""What browsers are told, and what is logged."""

import json

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from messaging.database import Database
from messaging.unit_of_work import UnitOfWork
from tests.web.conftest import make_library


def test_nothing_inline_nothing_foreign_and_never_in_a_frame(client: FlaskClient) -> None:
    headers = client.get("/library/borrow").headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_over_https_browsers_are_told_to_stay_there(database: Database[UnitOfWork]) -> None:
    client = make_library(database, public_url="https://frist.example").test_client()

    assert "max-age" in client.get("/library/borrow").headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/library/borrow", "/library/nothing"])
def test_pages_hold_nothing_that_the_policy_forbids(client: FlaskClient, path: str) -> None:
    page = client.get(path).text

    assert " style=" not in page
    assert "<style" not in page
    assert " onclick=" not in page
    assert "<script>" not in page


def test_what_pages_look_like_is_kept_for_a_year_under_its_version(client: FlaskClient) -> None:
    sheet = client.get("/library/borrow").text.split('rel="stylesheet" href="')[2].split('"')[0]

    answer = client.get(sheet)
    stale = client.get("/library/assets/000000000000/frist.css")

    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=60" in stale.headers["Cache-Control"]


def test_files_outside_the_assets_are_out_of_reach(client: FlaskClient) -> None:
    assert client.get("/library/assets/1/../app.py").status_code == 404
    assert client.get("/library/assets/1/%2e%2e/app.py").status_code == 404


def test_a_link_is_never_logged(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.get("/library/api/case/very-secret-token?name=Ida")

    told = next(line for line in lines if line["event"] == "request")
    assert told["route"] == "/library/api/case/<token>"
    assert told["status"] == 200
    assert "very-secret-token" not in json.dumps(lines)
    assert "Ida" not in json.dumps(lines)


def test_metrics_count_by_route(client: FlaskClient) -> None:
    client.get("/library/api/case/very-secret-token")

    metrics = client.get("/library/metrics").text

    assert (
        'frist_http_requests_total{method="GET",route="/library/api/case/<token>",service="library",status="200"}'
        in metrics
    )
    assert "very-secret-token" not in metrics


def test_made_up_methods_do_not_fill_the_metrics(client: FlaskClient) -> None:
    client.open("/library/borrow", method="XYZZY")

    assert "XYZZY" not in client.get("/library/metrics").text


def test_the_coming_and_going_of_probes_and_pictures_is_not_logged(client: FlaskClient) -> None:
    with capture_logs() as lines:
        for path in ("health/live", "health/ready", "metrics", "assets/1/frist.css"):
            assert client.get(f"/library/{path}").status_code == 200

    assert lines == []
