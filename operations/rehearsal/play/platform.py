"""The platform as those see it who use it: every call is one of the public HTTP interfaces.

`people` speak without a key, by their own links; `office` has the operator's API key, as a municipality's program has.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from operations.rehearsal.http_client import HttpClient
from operations.rehearsal.world.organisations import Organisation
from operations.services import SERVICES

Json = Any


class Platform:
    """The calls of a rehearsal."""

    def __init__(self, url: str, operator_key: str) -> None:
        self.people = HttpClient(url)
        self.office = HttpClient(url, operator_key)
        self._clocks = ThreadPoolExecutor(len(SERVICES), thread_name_prefix="clocks")

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self.people.requests.total() + self.office.requests.total()

    def set_clocks(self, now: datetime) -> None:
        """Move the business time of all services, at once."""
        body = {"now": now.isoformat()}
        list(self._clocks.map(lambda service: self.office.call("PUT", f"/{service}/api/clock", body), SERVICES))

    # --- the programme and its people --------------------------------------------------------------------------

    def put_csv(self, path: str, content: bytes, method: str = "PUT") -> Json:
        """Send a CSV file."""
        return self.office.call(method, path, content, "text/csv").json()

    def apply_programme(self, programme_id: str, text: str) -> None:
        """Apply a programme file."""
        self.office.call("PUT", f"/registration/api/programmes/{programme_id}", text.encode(), "application/yaml")

    def import_register(self, programme_id: str, content: bytes) -> str:
        """Send the register; the id of the import."""
        path = f"/registration/api/programmes/{programme_id}/register"
        return str(self.put_csv(path, content, "POST")["run_id"])

    def import_run(self, run_id: str) -> Json:
        """How far an import came."""
        return self.office.get(f"/registration/api/imports/{run_id}")

    def states(self, programme_id: str) -> dict[str, int]:
        """How many cases are in each state."""
        return dict(self.office.get(f"/registration/api/programmes/{programme_id}/states")["states"])

    # --- organisations -----------------------------------------------------------------------------------------

    def register(self, one: Organisation, programme_id: str) -> tuple[str, str | None]:
        """Register; the case's id and the token of the organisation's own link, None when its case has ended.

        Who has neither e-mail nor phone comes to the counter, where staff do it on their behalf.
        """
        body = {
            "programme_id": programme_id,
            "number": one.number,
            "kind": one.kind,
            "name": one.name,
            "contact_name": one.contact_name,
            "address": one.address,
            "postcode": one.postcode,
            "city": one.city,
            "email": one.email,
            "phone": one.phone,
            "language": one.language,
            "channel": one.channel,
            "municipality": one.municipality,
            "help_forms": list(one.help_forms),
        }
        at_the_counter = one.channel == "letter"
        answer = (self.office if at_the_counter else self.people).post("/registration/api/cases", body)
        return answer["case_id"], answer["token"]

    def answer_inventory(self, case_id: str, token: str, one: Organisation) -> None:
        """Answer the skills inventory, by the own link or at the counter."""
        body = {"levels": one.levels, "topics": list(one.topics)}
        if one.channel == "letter":
            self.office.post(f"/registration/api/cases/{case_id}/inventory", body)
        else:
            self.people.post(f"/registration/api/case/{token}/inventory", body)

    def withdraw(self, token: str) -> bool:
        """Leave the programme by the own link; False when the case has ended already."""
        return self.people.attempt("POST", f"/registration/api/case/{token}/withdrawal").status < 400

    def place(self, token: str) -> Json:
        """Where the case stands: its booking, and the free seats that fit."""
        return self.people.get(f"/scheduling/api/case/{token}")

    def take_seat(self, token: str, session_id: str) -> bool:
        """Pick or change a seat; False when it is gone."""
        answer = self.people.attempt("POST", f"/scheduling/api/case/{token}/booking", {"session_id": session_id})
        return answer.status < 400

    def cancel(self, token: str) -> bool:
        """Give the seat back; False when there is none any more."""
        return self.people.attempt("DELETE", f"/scheduling/api/case/{token}/booking").status < 400

    def answer_survey(self, link: str, answer: dict[str, Any]) -> None:
        """Answer the survey that a caught mail links to."""
        token = urlsplit(link).path.rsplit("/", 1)[-1]
        self.people.post(f"/reporting/api/survey/{token}", answer)

    # --- coaches and authorities -------------------------------------------------------------------------------

    def day(self, day: date) -> list[Json]:
        """Everybody who has a session on that day and is not recorded yet, of all coaches."""
        visitors = self.office.items(f"/scheduling/api/day?date={day}")
        return [visitor for visitor in visitors if visitor["state"] == "booked"]

    def record(self, booking_id: str, body: dict[str, Any]) -> None:
        """Record who came and what was achieved."""
        self.office.post(f"/scheduling/api/bookings/{booking_id}/attendance", body)

    def open_course(self, body: dict[str, Any]) -> None:
        """Open a course."""
        self.office.post("/scheduling/api/sessions", body)

    def close_case(self, case_id: str, state: str, reason: str, evidence: str | None = None) -> bool:
        """End a case by decision; False when it has ended already."""
        body = {"state": state, "reason": reason, "evidence": evidence}
        return self.office.attempt("POST", f"/registration/api/cases/{case_id}/closure", body).status < 400

    def erase(self, case_id: str) -> None:
        """Remove an organisation's personal data, as it has asked for."""
        self.office.post(f"/registration/api/cases/{case_id}/erasure")

    def find_case(self, programme_id: str, number: str) -> str | None:
        """The case of an organisation that has not registered, by its number."""
        page = self.office.get(f"/registration/api/cases?programme_id={programme_id}&words={number}&limit=1")
        return str(page["items"][0]["case_id"]) if page["items"] else None

    def return_letter(self, case_id: str) -> bool:
        """Say that the newest letter to a case came back; False when none was sent."""
        page = self.office.get(f"/notifications/api/messages?case_id={case_id}&limit=20")
        letters = [one for one in page["items"] if one["channel"] == "letter" and one["state"] == "sent"]
        if letters:
            self.office.post(f"/notifications/api/messages/{letters[0]['message_id']}/returned")
        return bool(letters)
