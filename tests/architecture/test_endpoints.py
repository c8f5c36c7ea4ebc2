"""Every view says who may use it, every resource for programs is described."""

import pytest

from operations.services import SERVICES
from tests.support.apps import app_of
from web.access import anyone, by_link, collect_rules


@pytest.fixture(params=SERVICES)
def app(request, monkeypatch):
    return app_of(request.param, monkeypatch)


def test_every_view_says_who_may_use_it(app):
    rules = collect_rules(app)

    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= {endpoint for endpoint, _ in rules}


OPEN_WRITES = {
    "cases.register",
    "registering.check_number",
    "registering.register",
    "own_case.send_link",
    "signing_in.send_link",
    "signing_in.sign_in",
    "signing_in.sign_out",
    "sms_reports.take_report",  # signed by the gateway instead
}
"""What anybody may send: registering, asking for one's own link, signing in and out."""


def test_only_these_views_can_be_written_to_without_signing_in(app):
    open_writes = {
        endpoint
        for (endpoint, method), allowances in collect_rules(app).items()
        if anyone in allowances and method in {"POST", "PUT", "PATCH", "DELETE"}
    }

    assert open_writes <= OPEN_WRITES


def test_no_view_below_a_link_asks_for_more_than_the_link(app):
    rules = collect_rules(app)

    guarded = [
        f"{rule.rule} {method}"
        for rule in app.url_map.iter_rules()
        if "<token>" in rule.rule
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        if not {by_link, anyone} & set(rules[rule.endpoint, method])
    ]

    assert guarded == []


def test_every_resource_is_described(app):
    name = app.config["FRIST_NAME"]

    document = app.test_client().get(f"/{name}/api/openapi.json").get_json()

    assert document["openapi"].startswith("3.1")
    silent = [
        f"{method} {path}"
        for path, resource in document["paths"].items()
        for method, operation in resource.items()
        if method in {"get", "post", "put", "patch", "delete"} and not operation.get("summary")
    ]
    assert silent == []
