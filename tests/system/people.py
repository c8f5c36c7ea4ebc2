"""The people of a journey, each with what the platform's public HTTP lets them do."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.world.national_numbers import cvr_numbers
from tests.system.setting import CITY, MUNICIPALITY, POSTCODE, PROGRAMMES, Setting

_numbers: Iterator[str] = cvr_numbers(random.SystemRandom().randrange(2**31))


def a_number() -> str:
    """A CVR number that no other call of this run was given."""
    return next(_numbers)


@dataclass
class Operator:
    """Somebody with the key to everything: sets the programme up and looks at what comes of it."""

    http: HttpClient

    def open(self, setting: Setting) -> None:
        """Apply the programme with its country, library and coach; again changes nothing."""
        for kind in ("municipalities", "postcodes"):
            self.http.call(
                "PUT", f"/registration/api/{kind}/dk", (PROGRAMMES / kind / "dk.csv").read_bytes(), "text/csv"
            )
        path = f"/registration/api/programmes/{setting.programme_id}"
        self.http.call("PUT", path, setting.programme_file, "application/yaml")
        for kind, file in (("venues", setting.venues_file), ("coaches", setting.coaches_file)):
            report = self.http.call("PUT", f"/scheduling/api/{kind}", file, "text/csv").json()
            assert report["refused"] == 0, report

    def is_reported(self, setting: Setting) -> bool:
        """Whether news of the programme has come to the dashboard."""
        listed = self.http.get("/reporting/api/programmes")
        return any(programme["programme_id"] == setting.programme_id for programme in listed)

    def dashboard(self, setting: Setting) -> dict[str, Any]:
        """The numbers of the national dashboard."""
        return dict(self.http.get(f"/reporting/api/programmes/{setting.programme_id}/summary"))


@dataclass
class Coach:
    """Somebody who helps, seeing their own day."""

    http: HttpClient
    setting: Setting

    def day(self) -> list[dict[str, Any]]:
        """Who comes today, with their sessions."""
        path = f"/scheduling/api/day?coach_id={self.setting.coach_id}&date={self.setting.today}"
        return list(self.http.get(path)["items"])

    def record(self, booking_id: str) -> None:
        """Note that they came and that all was achieved."""
        outcomes = [
            {"topic": topic, "achieved": True, "level_before": 0, "level_after": 2} for topic in self.setting.topics
        ]
        said = {"attended": True, "outcomes": outcomes, "rebook": False}
        self.http.post(f"/scheduling/api/bookings/{booking_id}/attendance", said)


@dataclass
class Organisation:
    """A small business that needs help; everything it does, it does without signing in."""

    http: HttpClient
    setting: Setting
    number: str = field(default_factory=a_number)
    token: str = ""
    case_id: str = ""

    @property
    def email(self) -> str:
        """An address of its own."""
        return f"kontakt@{self.number}.example"

    def register(self) -> dict[str, Any]:
        """Say who they are; the answer holds their own link."""
        answer = self.http.post(
            "/registration/api/cases",
            {
                "programme_id": self.setting.programme_id,
                "number": self.number,
                "kind": "company",
                "name": "Bageriet på Hjørnet ApS",
                "contact_name": "Søren Ørsted",
                "address": "Istedgade 1",
                "postcode": POSTCODE,
                "city": CITY,
                "municipality": MUNICIPALITY,
                "email": self.email,
                "channel": "email",
                "language": "da",
                "help_forms": ["desk"],
            },
        )
        self.token, self.case_id = self.token or answer["token"], answer["case_id"]
        return dict(answer)

    def assess(self) -> None:
        """Answer the skills inventory: everything is new to them."""
        topics = [entry["topic"] for entry in self.setting.definition["topics"]]
        levels = dict.fromkeys(topics, 0)
        self.http.post(
            f"/registration/api/case/{self.token}/inventory", {"levels": levels, "topics": self.setting.topics}
        )

    def case(self) -> dict[str, Any]:
        """Their case as registration shows it."""
        return dict(self.http.get(f"/registration/api/case/{self.token}"))

    def place(self) -> dict[str, Any]:
        """Their place as scheduling shows it: state, booking and the seats that are free."""
        return dict(self.http.get(f"/scheduling/api/case/{self.token}"))

    def choose(self, session_id: str) -> None:
        """Take another seat."""
        self.http.post(f"/scheduling/api/case/{self.token}/booking", {"session_id": session_id})

    def answer(self, survey_token: str) -> None:
        """Say how it went."""
        said = {"score": 5, "comment": "God og rolig hjælp.", "first_visit": True}
        self.http.post(f"/reporting/api/survey/{survey_token}", said)
