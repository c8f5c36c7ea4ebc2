"""Every view says who may use it, every resource for programs is described."""

import pytest

from operations.services import SERVICES
from tests.support.apps import app_of
from web.access import Actor, Forbidden, admit, anyone, by_link, by_signature, collect_rules
from web.actor import ALL_SCOPES
from web.idempotency import MARK


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
}
"""What anybody may send: registering, asking for one's own link, signing in and out."""


SIGNED_WRITES = {"sms_reports.take_report"}
"""What anybody may send who signs it, as often as they like: the view itself checks by whom it is signed."""


def test_only_these_views_check_a_signature(app):
    signed = {endpoint for (endpoint, _), allowances in collect_rules(app).items() if by_signature in allowances}

    assert signed == SIGNED_WRITES & set(app.view_functions)


def test_only_these_views_can_be_written_to_without_signing_in(app):
    open_writes = {
        endpoint
        for (endpoint, method), allowances in collect_rules(app).items()
        if anyone in allowances and method in {"POST", "PUT", "PATCH", "DELETE"}
    }

    assert open_writes <= OPEN_WRITES


OPEN_TO_FENCED_KEYS = {
    "cases.list_cases",
    "cases.read_case",
    "cases.assess",
    "cases.change_contact",
    "cases.close",
    "cases.replace_link",
    "cases.erase",
    "coaches.take_in_coaches",
    "coaches.list_coaches",
    "coaches.read_one",
    "coaches.keep_one",
    "coaches.list_absences",
    "coaches.be_away",
    "coaches.be_back",
    "day.correct",
    "day.read_day",
    "day.record",
    "messages.list_messages",
    "messages.show_message",
    "messages.mark_returned",
    "messages.count_messages",
    "sessions.list_sessions",
    "sessions.open_session",
    "sessions.read_session",
    "sessions.cancel",
    "sessions.book",
    "sessions.list_waiting",
    "staff_place.cancel",
    "staff_place.wait_again",
    "subsidies.list_subsidies",
    "subsidies.download_subsidies",
    "texts.show_texts",  # the same for everybody
    "venues.take_in_venues",
    "venues.list_venues",  # where help is given is told to all
    "venues.read_one",
    "venues.keep_one",
}
"""What a key for one municipality may call beside what is everybody's: each looks at whose a thing is."""


def test_a_key_for_one_municipality_is_let_in_by_these_views_only(app):
    fenced = Actor(kind="key", scopes=frozenset({ALL_SCOPES}), municipality="dk-0101")

    let_in = {endpoint for (endpoint, _), ways in collect_rules(app).items() if _closed(ways) and _admits(ways, fenced)}

    assert let_in == {endpoint for endpoint in OPEN_TO_FENCED_KEYS if endpoint in app.view_functions}


def _closed(ways):
    return not {anyone, by_link, by_signature} & set(ways)


def _admits(ways, actor):
    try:
        admit(actor, ways)
    except Forbidden:
        return False
    return True


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


REPEATED_WITHOUT_A_KEY = {
    "cases.assess",
    "cases.close",
    "cases.erase",
    "coaches.take_in_coaches",
    "imports.import_register",  # a run of its own, that finds nothing new
    "messages.mark_returned",
    "own-case.assess",
    "own-case.register_again",
    "own-case.withdraw",
    "own_place.choose",
    "sms_reports.take_report",
    "staff.make_sign_in_link",  # a kept answer would hold a link that is spent or too old
    "surveys.answer_survey",
    "venues.take_in_venues",
}
"""What programs may POST twice without an `Idempotency-Key`: the second changes nothing, or nothing that counts."""


def test_every_other_post_of_a_program_honours_an_idempotency_key(app):
    posted = {rule.endpoint for rule in app.url_map.iter_rules() if _is_posted_by_programs(rule, app)}
    keyless = {endpoint for endpoint in posted if not hasattr(app.view_functions[endpoint], MARK)}

    assert keyless == {endpoint for endpoint in REPEATED_WITHOUT_A_KEY if endpoint in app.view_functions}


def _is_posted_by_programs(rule, app):
    return "POST" in (rule.methods or ()) and rule.rule.startswith(app.config["FRIST_API_PREFIX"])


VALUES = {"case_id": "01a21e77-8c04-789e-9d51-3869c55fd499", "number": "1"}
"""What stands in an address for a part that takes ids or figures only."""


def shows_a_page(app, path):
    return app.url_map.bind("localhost").test(path, method="GET")


def addresses_of_forms(app):
    posted = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    for rule in posted:
        path = app.url_map.bind("localhost").build(
            rule.endpoint, {name: VALUES.get(name, "x") for name in rule.arguments}, method="POST"
        )
        if not path.startswith(app.config["FRIST_API_PREFIX"]) and not shows_a_page(app, path):
            yield path


def test_an_address_that_only_takes_forms_leads_to_the_page_they_stand_on(app):
    for address in set(addresses_of_forms(app)) - {"/registration/sign-out"}:
        answer = app.test_client().get(address, query_string={"language": "sv"})

        path, _, query = answer.location.partition("?")
        assert (answer.status_code, query) == (302, "language=sv")
        assert address.startswith(f"{path}/")
        assert shows_a_page(app, path)
