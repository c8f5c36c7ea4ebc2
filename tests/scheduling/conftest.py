"""A scheduling database with the programme, two neighbouring municipalities and whatever a test puts into it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from messaging.clock import set_business_time
from messaging.rounds import Turn, run_round
from services.scheduling.handlers.cases import erase_case, place_case, release_case, remember_contacts
from services.scheduling.handlers.programmes import apply_programme, import_municipalities
from services.scheduling.timers import SchedulingTimers
from tests.scheduling import builders
from tests.support.one_app import app_over
from web.links import Links
from web.staff_session import learn_sessions_ended

SECRET = "a-secret-for-tests-that-is-long-enough-to-pass"
OPERATOR_KEY = "frist_00000000_an-operators-key-for-tests"
TIMERS = (SchedulingTimers.make_sessions, SchedulingTimers.allocate_waiting, SchedulingTimers.publish_capacity)
HANDLERS = {
    "ProgrammeApplied": apply_programme,
    "MunicipalitiesImported": import_municipalities,
    "CaseAssessed": place_case,
    "CaseClosed": release_case,
    "CaseErased": erase_case,
    "StaffSessionsEnded": learn_sessions_ended,
    "ContactChanged": lambda event, uow: remember_contacts([event], uow),
}


class World:
    """Scheduling's database, driven step by step."""

    def __init__(self, database):
        self.database = database
        self.events = []
        self.turns = [self._watched(timer.turn) for timer in TIMERS]

    @contextmanager
    def work(self):
        with self.database.begin() as uow:
            yield uow
        self.events.extend(uow.outbox.added)

    def at(self, now):
        with self.database.engine.begin() as connection:
            set_business_time(connection, now)
        self.now = now

    def later(self, **step):
        self.at(self.now + timedelta(**step))

    def hear(self, *events):
        for event in events:
            with self.work() as uow:
                HANDLERS[type(event).__name__](event, uow)

    def has(self, *people):
        with self.work() as uow:
            for one in people:
                (uow.venues if hasattr(one, "opening") else uow.coaches).save(one)
        self.tick()

    def tick(self):
        """As a worker's rounds: each timer is called while it says that something is due."""
        for _ in range(1000):
            if run_round(self.database, self.turns) == 0:
                return
        raise AssertionError("the timers never come to an end")

    def _watched(self, turn):
        def handler(uow):
            did = turn.handler(uow)
            uow.outbox.flush()
            self.events.extend(uow.outbox.added)
            return did

        return Turn(handler, turn.due, turn.follows)

    def rows(self, statement, **facts):
        with self.database.engine.connect() as connection:
            return connection.execute(text(statement), facts).all()

    def scalar(self, statement, **facts):
        return self.rows(statement, **facts)[0][0]

    def told(self, *names):
        return [event for event in self.events if type(event).__name__ in names]

    def story(self, case_id="case-1"):
        return [type(event).__name__ for event in self.events if getattr(event, "case_id", None) == case_id]

    def placement(self, case_id="case-1"):
        with self.work() as uow:
            return uow.cases.in_hand(case_id).placement


@pytest.fixture(autouse=True)
def _settings(monkeypatch):
    monkeypatch.setenv("FRIST_LINK_KEY", SECRET)


@pytest.fixture
def bare_world(fresh_database):
    """Nothing heard of yet, on a Monday morning."""
    world = World(fresh_database("scheduling"))
    world.at(builders.MONDAY)
    return world


@pytest.fixture
def world(bare_world):
    """The programme is applied, the municipalities are known."""
    bare_world.hear(builders.a_programme(), builders.the_municipalities())
    return bare_world


@pytest.fixture
def app(world):
    """Scheduling's HTTP over the world's database."""
    app = app_over("scheduling", world.database, secret=SECRET, operator_key=OPERATOR_KEY)
    app.config["WTF_CSRF_METHODS"] = set()
    return app


@pytest.fixture
def client(app):
    """Anybody."""
    return app.test_client()


@pytest.fixture
def operator(app):
    """A program with the operator's key."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {OPERATOR_KEY}"
    return client


@pytest.fixture
def signed_in(app):
    """`signed_in(Role.COACH, coach_id="coach-1")`: the pages as a member of staff sees them."""

    def sign_in(role, **facts):
        client = app.test_client()
        with client.session_transaction() as session:
            session["staff"] = {
                "id": "staff-1", "role": role.value, "name": "Karen Holm", "municipality": None, "coach_id": None,
                "until": "2999-01-01T00:00:00+00:00", **facts,
            }  # fmt: skip
        return client

    return sign_in


def token_of(case_id="case-1", version=1):
    """The secret part of an organisation's link."""
    return Links(SECRET, "http://localhost").token("case", case_id, version)
