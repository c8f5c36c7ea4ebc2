"""Every view says who may use it, every resource for programs is described."""

import importlib

import pytest

from tests.architecture.tree import SERVICES
from web.access import anyone, by_link, collect_rules

SECRET = "a secret of at least thirty-two characters"
ENVIRONMENT = {
    "FRIST_AMQP_URL": "amqp://nobody:nothing@localhost:1/frist",
    "FRIST_SECRET_KEY": SECRET,
    "FRIST_LINK_KEY": SECRET,
    "FRIST_PUBLIC_URL": "http://localhost:8000",
    "FRIST_SMTP_URL": "smtp://localhost:1",
    "FRIST_MAIL_FROM": "Frist <frist@localhost>",
    "FRIST_SMS_URL": "http://localhost:1/sms",
    "FRIST_SMS_TOKEN": SECRET,
}


@pytest.fixture(params=SERVICES)
def app(request, monkeypatch, tmp_path):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FRIST_LETTERS_FOLDER", str(tmp_path))
    for service in SERVICES:
        monkeypatch.setenv(f"FRIST_{service.upper()}_DATABASE_URL", f"postgresql://nobody@localhost:1/{service}")
    return importlib.import_module(f"services.{request.param}.__main__").create_app()


def test_every_view_says_who_may_use_it(app):
    rules = collect_rules(app)

    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= {endpoint for endpoint, _ in rules}


def test_only_known_views_can_be_written_to_without_signing_in(app):
    open_writes = {
        endpoint.rpartition(".")[2]
        for (endpoint, method), allowances in collect_rules(app).items()
        if anyone in allowances and method in {"POST", "PUT", "PATCH", "DELETE"}
    }

    assert open_writes <= OPEN_WRITES


OPEN_WRITES: set[str] = set()


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
