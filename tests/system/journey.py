"""One organisation's journey through all four services, over their public HTTP interfaces only.

    python -m tests.system.journey --url http://localhost:8000 --operator-key frist_...

runs it against any platform that is up, as CI does with the images. Every wait is for a condition, with a deadline.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operations.rehearsal.http_client import HttpClient
from tests.support.waiting import eventually
from tests.system.mailbox import Mailbox
from tests.system.people import Coach, Operator, Organisation
from tests.system.setting import Setting


@dataclass
class Journey:
    """A journey under way; `say` is told of each leg."""

    operator: Operator
    organisation: Organisation
    coach: Coach
    mailbox: Mailbox
    setting: Setting
    say: Callable[[str], None]

    def run(self) -> None:
        """From registering to the answer to the survey; AssertionError says where it ended."""
        self.operator.open(self.setting)
        eventually(lambda: self.operator.is_reported(self.setting), "the dashboard knows the programme")
        before = self.fulfilled()
        self.register()
        booking = self.get_a_seat()
        self.move(booking)
        self.read_the_mail(booking)
        self.be_helped()
        self.answer_the_survey()
        eventually(lambda: self.fulfilled() == before + 1, "the dashboard shows one more fulfilled")
        self.say("the dashboard moved")

    def register(self) -> None:
        """Registering again finds the same case and gives no second link."""
        first = self.organisation.register()
        again = self.organisation.register()
        assert again["case_id"] == first["case_id"]
        assert again["token"] is None
        assert self.organisation.case()["state"] == "registered"
        self.say(f"registered: case {first['case_id']}")

    def get_a_seat(self) -> dict[str, Any]:
        """The inventory leads to the earliest seat that fits."""
        self.organisation.assess()
        booking = eventually(lambda: self.organisation.place()["booking"], "the case gets a seat", 60)
        eventually(lambda: self.organisation.case()["state"] == "booked", "registration knows of the seat")
        self.say(f"got a seat at {booking['session']['starts_at']}")
        return dict(booking)

    def move(self, booking: dict[str, Any]) -> None:
        """Another free seat of the same day takes the place of the first; the booking stays the same one."""
        other = self.organisation.place()["free"][0]
        self.organisation.choose(other["session_id"])
        moved = self.organisation.place()["booking"]
        assert moved["session"]["session_id"] == other["session_id"]
        assert moved["booking_id"] == booking["booking_id"]
        self.say(f"moved to {other['starts_at']}")

    def read_the_mail(self, booking: dict[str, Any]) -> None:
        """Seat and move came as mails with one calendar entry, whose newer version takes the place of the older."""
        eventually(lambda: len(self.mailbox.calendars()) == 2, "the seat and its move come by mail")
        versions = sorted(self.mailbox.calendars(), key=lambda entry: int(entry["SEQUENCE"]))
        assert [int(entry["SEQUENCE"]) for entry in versions] == [booking["revision"], booking["revision"] + 1]
        assert len({str(entry["UID"]) for entry in versions}) == 1
        self.say("has the move in its calendar")

    def be_helped(self) -> None:
        """The coach finds them on the day's list and records that all was achieved."""
        mine = [visitor for visitor in self.coach.day() if visitor["case_id"] == self.organisation.case_id]
        assert len(mine) == 1, mine
        self.coach.record(mine[0]["booking_id"])
        eventually(lambda: self.organisation.case()["state"] == "fulfilled", "the case is fulfilled")
        self.say("was helped: the duty is fulfilled")

    def answer_the_survey(self) -> None:
        """The survey's link comes by mail, beside what became of the seat; the calendar entry kept its UID."""
        link = eventually(lambda: self.mailbox.link("/reporting/survey"), "the survey's link comes by mail", 60)
        answered = self.dashboard()["surveys"]["answered"]
        self.organisation.answer(link.rpartition("/")[2])
        eventually(lambda: self.dashboard()["surveys"]["answered"] == answered + 1, "the dashboard counts the answer")
        self.say("answered the survey")

    def fulfilled(self) -> int:
        """Fulfilled cases on the dashboard."""
        return int(self.dashboard()["cases"]["states"]["fulfilled"])

    def dashboard(self) -> dict[str, Any]:
        """The dashboard's numbers."""
        return self.operator.dashboard(self.setting)


def a_journey(url: str, operator_key: str, catcher_url: str, say: Callable[[str], None] = print) -> Journey:
    """A journey through the platform at `url`, whose mail ends at the catcher, with a programme whose deadline lies 60 days ahead of now."""
    setting = Setting.at(datetime.now(UTC), "journey")  # noqa: TID251 - from outside there is no other clock
    operator = HttpClient(url, operator_key)
    organisation = Organisation(HttpClient(url), setting)
    mailbox = Mailbox(HttpClient(catcher_url), organisation.email)
    return Journey(Operator(operator), organisation, Coach(operator, setting), mailbox, setting, say)


def main(arguments: list[str] | None = None) -> int:
    """Run one journey; exit code 0 when it came to its end."""
    parser = argparse.ArgumentParser(prog="python -m tests.system.journey", description=__doc__)
    parser.add_argument("--url", default="http://localhost:8000", help="where the platform answers")
    parser.add_argument("--operator-key", required=True, help="an API key with all scopes")
    parser.add_argument("--catcher", default="http://localhost:8025", help="where the platform's mail is caught")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    a_journey(options.url.rstrip("/"), options.operator_key, options.catcher).run()
    print(f"The journey came to its end after {time.monotonic() - began:.0f} s.")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
