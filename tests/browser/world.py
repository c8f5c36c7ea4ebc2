"""What there has to be so that every kind of page has something to show."""

from operations.rehearsal.http_client import HttpClient
from tests.support.waiting import eventually
from tests.system.mailbox import Mailbox
from tests.system.people import Coach, Organisation
from tests.system.setting import MUNICIPALITY, Setting

REGISTER = "number,kind,name,address,postcode,city,municipality\n17,company,Nobody,,1650,København V,\n"
"""One row, which is refused."""


def a_world(url: str, catcher: str, operator: HttpClient, setting: Setting) -> dict[str, str]:
    """Ids, tokens and paths by the names that `page_kinds` uses: one registered, one booked, one helped, and the rest."""
    registered = Organisation(HttpClient(url), setting)
    registered.register()
    helped = _helped(url, operator, setting)
    booked = _booked(url, setting)
    place = booked.place()["booking"]
    mailbox = Mailbox(HttpClient(catcher), helped.email)
    run = operator.call(
        "POST", f"/registration/api/programmes/{setting.programme_id}/register", REGISTER.encode(), "text/csv"
    )
    return {
        "programme": setting.programme_id,
        "municipality": MUNICIPALITY,
        "coach": setting.coach_id,
        "today": str(setting.today),
        "registered": registered.token,
        "registered_number": registered.number,
        "booked": booked.token,
        "booked_case": booked.case_id,
        "booking": place["booking_id"],
        "session": place["session"]["session_id"],
        "import_run": run.json()["run_id"],
        "report": operator.post("/reporting/api/reports", {"programme_id": setting.programme_id})["report_id"],
        "message": eventually(lambda: _message(operator, booked), "a message to the organisation"),
        "survey": str(eventually(lambda: mailbox.link("/reporting/survey"), "the survey's link comes by mail")),
    }


def _booked(url: str, setting: Setting) -> Organisation:
    one = Organisation(HttpClient(url), setting)
    one.register()
    one.assess()
    eventually(lambda: one.place()["booking"], "the case gets a seat")
    eventually(lambda: one.case()["state"] == "booked", "registration knows of the seat")
    return one


def _helped(url: str, operator: HttpClient, setting: Setting) -> Organisation:
    one = _booked(url, setting)
    coach = Coach(operator, setting)
    assert coach.day(), "a coach looks at who comes before they say who came"
    coach.record(one.place()["booking"]["booking_id"])
    return one


def _message(operator: HttpClient, one: Organisation) -> str | None:
    found = operator.get(f"/notifications/api/messages?case_id={one.case_id}")["items"]
    return found[0]["message_id"] if found else None
