"""Each service with something in it, its calls as anybody may send them, and what stands in its tables before and after."""

import importlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import text
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from messaging.database import Database
from messaging.migrate import upgrade
from services.notifications.channels.sms import signature
from services.reporting.handlers.reports import freeze_report
from tests.hostile.requests import Request
from tests.notifications import builders as told_to_notifications
from tests.notifications.conftest import Platform
from tests.registration.builders import AS_OPERATOR, CVR_NUMBERS, OPERATOR_KEY, a_registration
from tests.registration.conftest import make_with_programmes
from tests.reporting import world as told_to_reporting
from tests.reporting.conftest import signed_in
from tests.reporting.test_summary import a_country, told
from tests.scheduling import builders as told_to_scheduling
from tests.scheduling.conftest import World
from tests.support.databases import Databases
from tests.support.one_app import app_over
from web.access import Role
from web.links import Links

SECRET = "a-secret-for-tests-that-is-long-enough-to-pass"
SMS_TOKEN = "sms-secret"
SETTINGS = {
    "FRIST_SECRET_KEY": SECRET,
    "FRIST_LINK_KEY": SECRET,
    "FRIST_PUBLIC_URL": "http://localhost:8000",
    "FRIST_SMS_TOKEN": SMS_TOKEN,
}
NOBODY, KEY, STAFF = "nobody", "an operator's key", "an operator"
PURPOSES = {"case_id": "case", "survey_id": "survey"}
"""What links are for, by the column of the ids that they are made from."""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_name, table_schema)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND (data_type IN ('text', 'uuid', 'character varying'))
    ORDER BY 2, 1
"""
_NO_STATE = ("alembic_version", "access_log", "import_runs")
"""What may be different after a refusal: that somebody looked or tried is kept, as is why a register was refused."""


class Furnished:
    """A service over a database that is the same for each request: after one that changes it, it is another."""

    def __init__(self, service: str, databases: Databases) -> None:
        self.service = service
        self._databases = databases
        self._lend()
        app = app_over(service, self.database, secret=SECRET, operator_key=OPERATOR_KEY)
        self.document: dict[str, Any] = app.test_client().get(f"/{service}/api/openapi.json").get_json()
        anybody = app.test_client()
        self._clients = {NOBODY: anybody, KEY: anybody, STAFF: signed_in(anybody, Role.OPERATOR)}
        self.known = self._known()
        self.before = self.stored()

    def send(self, request: Request) -> tuple[TestResponse, list[str]]:
        """The answer, with where it broke when it did."""
        headers = dict(request.headers)
        if request.who == KEY:
            headers |= AS_OPERATOR
        elif request.who == STAFF:
            headers["X-Requested-With"] = "frist"
            headers.pop("Cookie", None)
        if request.path.endswith(b"/sms/reports"):
            headers["X-Frist-Signature"] = signature(SMS_TOKEN, request.body)
        with capture_logs() as logs:
            answer = self._clients[request.who].open(
                "/",
                method=request.method,
                data=request.body,
                headers=headers,
                environ_overrides={"PATH_INFO": request.path.decode("latin-1"), "QUERY_STRING": request.query},
            )
        return answer, [f"{log['error']} {log['frames']}" for log in logs if log["event"] == "request_broke"]

    def stored(self) -> list[Any]:
        """Of each table how many rows there are, and the newest transaction that wrote one."""
        with self.database.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(self._count))]

    def put_back(self) -> None:
        """Have what there was at first."""
        self._databases.take_back(self.database)
        self._lend()
        app_over(self.service, self.database, secret=SECRET, operator_key=OPERATOR_KEY)
        self.before = self.stored()

    def close(self) -> None:
        """Give the database back."""
        self._databases.take_back(self.database)

    def _lend(self) -> None:
        url = self._databases.lend(f"furnished {self.service}", lambda new: furnish(self.service, new))
        self.database = _opened(self.service, url)
        with self.database.engine.connect() as connection:
            tables = [name for (name,) in connection.execute(text(_TABLES)) if name not in _NO_STATE]
        newest = "coalesce(max(xmin::text::bigint), 0)"
        self._count = " UNION ALL ".join(f"SELECT '{name}', count(*), {newest} FROM {name}" for name in tables)

    def _known(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        with self.database.engine.connect() as connection:
            for table, column in connection.execute(text(_COLUMNS)).all():
                rows = connection.execute(
                    text(f"SELECT DISTINCT {column}::text FROM {table} WHERE {column} IS NOT NULL LIMIT 2")
                )
                found[column] += [value for (value,) in rows if value not in found[column]]
        links = Links(SECRET, "")
        tokens = [links.token(purpose, of) for column, purpose in PURPOSES.items() for of in found[column]]
        found |= {"token": tokens, "country": ["dk", "se"], "number": [*found["number"], CVR_NUMBERS[-1]]}
        return {name: values for name, values in found.items() if values}


def furnish(service: str, url: str) -> None:
    """Fill a new database of a service."""
    if service == "registration":
        make_with_programmes(url)
    else:
        upgrade(url, package=f"services.{service}")
    database = _opened(service, url)
    FURNISHINGS[service](database)
    database.dispose()


def _opened(service: str, url: str) -> Database[Any]:
    storage = importlib.import_module(f"services.{service}.storage.unit_of_work")
    return Database(service, url, getattr(storage, f"{service.capitalize()}UnitOfWork"), "driven")


def _registration(database: Database[Any]) -> None:
    client = app_over("registration", database, secret=SECRET, operator_key=OPERATOR_KEY).test_client()
    for number in CVR_NUMBERS[:2]:
        client.post("/registration/api/cases", json=a_registration(number=number))
    lead = {"name": "Ida Lind", "email": "ida@odense.example", "role": "lead", "municipality": "dk-0461"}
    client.post("/registration/api/staff", json=lead, headers=AS_OPERATOR)
    register = "number,kind,name,address,postcode,city,municipality\n10150817,company,Korn ApS,,5000,,\n"
    programme = a_registration()["programme_id"]
    client.post(f"/registration/api/programmes/{programme}/register", data=register, headers=AS_OPERATOR)


def _scheduling(database: Database[Any]) -> None:
    world = World(database)
    world.at(told_to_scheduling.MONDAY)
    world.hear(told_to_scheduling.a_programme(), told_to_scheduling.the_municipalities())
    world.has(*told_to_scheduling.two_municipalities())
    for case_id in ("case-1", "case-2"):
        world.hear(told_to_scheduling.a_contact(case_id), told_to_scheduling.an_assessment(case_id))


def _notifications(database: Database[Any]) -> None:
    platform = Platform(database).at(told_to_notifications.MONDAY)
    platform.tell(told_to_notifications.a_programme_applied(), told_to_notifications.a_case_opened())
    platform.tell(told_to_notifications.a_contact(), told_to_notifications.a_registration())
    platform.tell(told_to_notifications.a_booking())


def _reporting(database: Database[Any]) -> None:
    told(database, a_country(per_municipality=6))
    with database.begin() as uow:
        freeze_report(told_to_reporting.PROGRAMME, "staff-1", uow)


FURNISHINGS: dict[str, Callable[[Database[Any]], None]] = {
    "registration": _registration,
    "scheduling": _scheduling,
    "notifications": _notifications,
    "reporting": _reporting,
}


def address_of(request: Request) -> str:
    """What was asked, as it can be asked again."""
    return f"{request.method} {quote(request.path)}?{request.query}"
