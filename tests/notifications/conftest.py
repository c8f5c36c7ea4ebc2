"""A notifications database with a clock to turn, and outlets that really send: SMTP and HTTP to a catcher."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from werkzeug.serving import make_server

from frist_contracts import Event
from messaging.clock import set_business_time
from messaging.delivery import Route
from operations.catcher.mail_server import serve_mail
from operations.catcher.pages import create_app
from operations.catcher.store import CaughtStore
from services.notifications import handlers
from services.notifications.channels.outlets import Outlets, WayOut
from services.notifications.channels.sms import SmsGateway
from services.notifications.channels.smtp import SmtpMailer
from services.notifications.handlers.sending import send_lane
from services.notifications.settings import SmtpServer
from services.notifications.subscriptions import NotificationsSubscriptions
from tests.notifications.builders import MONDAY, a_case_opened, a_contact, a_programme_applied
from web.links import Links

LINKS = Links("k" * 40, "https://frist.example")


@dataclass
class Platform:
    """One notifications database: tell it events, turn its clock, run its timers."""

    database: Any
    now: datetime = MONDAY
    said: list[Event] = field(default_factory=list)

    def at(self, now: datetime) -> "Platform":
        """Turn the clock."""
        self.now = now
        with self.database.begin() as uow:
            set_business_time(uow.connection, now)
        return self

    def tell(self, *events: Event) -> "Platform":
        """Give events to their handlers, each in its own transaction."""
        for event in events:
            route = ROUTES[type(event)]
            with self.database.begin() as uow:
                route.handler([event] if route.many else event, uow)
                self.said += uow.outbox.added
        return self

    def plan(self) -> "Platform":
        """Run the planning timers until there is nothing to do."""
        while self._once(handlers.plan_reminders):
            pass
        return self

    def send(self, outlets: Outlets) -> "Platform":
        """Send everything that is due in both lanes."""
        for lane in ("urgent", "bulk"):
            while send_lane(self.database, lane, outlets):
                pass
        return self

    def messages(self, **where: Any) -> list[Any]:
        """Rows of the messages table, in the order they were to be sent."""
        with self.database.begin() as uow:
            rows = uow.connection.exec_driver_sql("SELECT * FROM messages ORDER BY send_after, sequence, purpose").all()
        return [row for row in rows if all(getattr(row, name) == value for name, value in where.items())]

    def told(self, kind: type[Event]) -> list[Any]:
        """Events of a type that were published, read back from the outbox."""
        with self.database.begin() as uow:
            query = "SELECT envelope::jsonb -> 'data' AS data FROM outbox WHERE type = %s ORDER BY position"
            return [row.data for row in uow.connection.exec_driver_sql(query, (kind.type_name(),))]

    def _once(self, timer: Any) -> int:
        with self.database.begin() as uow:
            return int(timer(uow))

    def print(self) -> "Platform":
        """Run the printing timers until there is nothing to do."""
        while handlers.print_letters(self.database):
            pass
        return self


def _routes() -> dict[type[Event], Route]:
    found: dict[type[Event], Route] = {}
    for name, method in vars(NotificationsSubscriptions).items():
        if name.startswith("on_"):
            (subscription,) = method.nameko_entrypoints
            found |= dict.fromkeys(subscription.events, Route(subscription.handler, subscription.many))
    return found


ROUTES = _routes()


@pytest.fixture(autouse=True)
def letters_folder(monkeypatch, tmp_path):
    """The environment of a sender; what it prints lies in the folder."""
    settings = {
        "FRIST_SMTP_URL": "smtp://127.0.0.1:1",
        "FRIST_MAIL_FROM": "Frist <frist@example.org>",
        "FRIST_SMS_TOKEN": "sms-secret",
        "FRIST_LINK_KEY": "k" * 40,
        "FRIST_PUBLIC_URL": "https://frist.example",
        "FRIST_LETTERS_FOLDER": str(tmp_path / "letters"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "letters"


@pytest.fixture
def platform(fresh_database) -> Platform:
    return Platform(fresh_database("notifications")).at(MONDAY)


@pytest.fixture
def known(platform) -> Platform:
    """A platform that knows the programme and how to reach case-1."""
    return platform.tell(a_programme_applied(), a_case_opened(), a_contact())


@dataclass
class Catcher:
    """A running catcher and outlets that lead to it."""

    store: CaughtStore
    outlets: Outlets
    http_port: int
    smtp_port: int

    @property
    def caught(self) -> list[dict[str, Any]]:
        """What came, oldest first."""
        return list(reversed(list(self.store.newest())))


@pytest.fixture
def catcher(tmp_path) -> Iterator[Catcher]:
    store = CaughtStore(tmp_path / "caught")
    pages = make_server("127.0.0.1", 0, create_app(store, "sms-secret"), threaded=True)
    loop = asyncio.new_event_loop()
    threads = [threading.Thread(target=loop.run_forever), threading.Thread(target=pages.serve_forever, args=(0.02,))]
    for thread in threads:
        thread.start()
    mail = asyncio.run_coroutine_threadsafe(serve_mail(store, "127.0.0.1", 0), loop).result(5)
    smtp_port = mail.sockets[0].getsockname()[1]
    outlets = Outlets([_way_out(smtp_port, pages.port) for _ in range(2)], "frist@example.org", LINKS)

    yield Catcher(store, outlets, pages.port, smtp_port)

    for way in outlets.ways:
        way.mailer.close()
        way.texter.close()
    asyncio.run_coroutine_threadsafe(_close(mail), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    pages.shutdown()
    for thread in threads:
        thread.join()
    loop.close()
    pages.server_close()
    store.close()


def _way_out(smtp_port: int, http_port: int) -> WayOut:
    gateway = SmsGateway(f"http://127.0.0.1:{http_port}/sms", "sms-secret", "Frist", "https://frist.example/reports", 5)
    return WayOut(SmtpMailer(SmtpServer.from_url(f"smtp://127.0.0.1:{smtp_port}"), 5), gateway)


async def _close(mail: asyncio.Server) -> None:
    """Stop listening, and let those that are connected finish."""
    mail.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
