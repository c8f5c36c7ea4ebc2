"""`/notifications/messages`: what was sent, what was not, and why."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from services.notifications.channels.wording import Wording, put_into_words
from services.notifications.domain.message import Message
from services.notifications.domain.refusals import MessageUnknown
from services.notifications.handlers.previews import parcel_to_show, preview_links
from services.notifications.pages import labels
from services.notifications.pages.frame import any_programme, show, use_zone_of
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork
from web.access import Role, abort_unless_municipality, allow, current_actor, staff
from web.access_log import log_access
from web.database import unit_of_work
from web.forms import Form
from web.paging import Page, page_args_of_request

messages = Blueprint(
    "messages_pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)

READERS = staff(Role.OPERATOR, Role.LEAD)
FILTERS = ("state", "purpose", "channel", "case_id")


@messages.route("/")
@allow(READERS)
def home() -> Response:
    """The messages are the front page."""
    return redirect(url_for("messages_pages.list_messages"))


@messages.route("/messages")
@allow(READERS)
def list_messages() -> str:
    """Messages, newest first, and where nothing is looked for counts of all; a municipality's lead sees its own."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    municipality, page = current_actor().municipality, page_args_of_request()
    with unit_of_work() as uow:
        log_access(uow, action="search", subject=f"messages:{asked['case_id'] or 'list'}")
        rows = uow.overview.page({**asked, "municipality": municipality}, page.after, page.rows)
        is_front = not page.after and not any(asked.values())
        counts = uow.overview.recent_counts(municipality) if is_front else None
        purposes = [(each, labels.purpose_name(each)) for each in (*labels.PURPOSES, *_steps(uow))]
        names = uow.programmes.municipality_names()
        organisations = _organisations(rows, uow)
        use_zone_of(any_programme(uow))
    found = Page.of(rows, page, lambda each: (each.created_at.isoformat(), each.message_id))
    return show(
        "messages",
        found=found,
        counts=counts,
        totals=totals(counts.rows) if counts else {},
        counted=[labels.count_row(row) for row in counts.rows] if counts else [],
        states=[(state, name) for state, (name, _kind) in labels.STATES.items()],
        purposes=purposes,
        names=names,
        organisations=organisations,
        form=Form(asked),
    )


@messages.route("/cases/<case_id>")
@allow(READERS)
def show_case(case_id: str) -> str:
    """Everything one organisation was told, and was not."""
    with unit_of_work() as uow:
        recipient = uow.recipients.get(case_id)
        if recipient is None:
            raise MessageUnknown("There is no case with this id here.")
        abort_unless_municipality(recipient.municipality)
        log_access(uow, action="read", subject=f"case:{case_id}", on_behalf_of=f"case:{case_id}")
        rows = uow.overview.page({"case_id": case_id}, (), 200)
        use_zone_of(any_programme(uow, recipient.programme_id))
    return show("case", recipient=recipient, rows=rows)


@messages.route("/messages/<uuid:message_id>")
@allow(READERS)
def show_message(message_id: Any) -> str:
    """One message, and what it says; the organisation's own link is not shown."""
    with unit_of_work() as uow:
        message: Message | None = uow.overview.get(str(message_id))
        if message is None:
            raise MessageUnknown("There is no message with this id.")
        abort_unless_municipality(message.municipality)
        behalf = f"case:{message.case_id}" if message.case_id else None
        log_access(uow, action="read", subject=f"message:{message_id}", on_behalf_of=behalf)
        wording = _wording(message, uow)
        names = uow.programmes.municipality_names()
    return show("message", message=message, wording=wording, names=names)


def totals(counts: list[dict[str, Any]]) -> dict[str, int]:
    """Messages by state."""
    found: dict[str, int] = {}
    for row in counts:
        found[row["state"]] = found.get(row["state"], 0) + row["messages"]
    return found


def _organisations(rows: list[Message], uow: NotificationsUnitOfWork) -> dict[str, str]:
    """What the organisations of these messages are called, by case; those that are erased or not known yet are not there."""
    recipients = uow.recipients.load([row.case_id for row in rows if row.case_id])
    return {case_id: each.contact.organisation_name for case_id, each in recipients.items() if each.contact}


def _steps(uow: NotificationsUnitOfWork) -> list[str]:
    return sorted({step.purpose for programme in uow.programmes.all().values() for step in programme.ladder})


def _wording(message: Message, uow: NotificationsUnitOfWork) -> Wording | None:
    recipient = uow.recipients.get(message.case_id) if message.case_id else None
    programme = any_programme(uow, message.programme_id)
    use_zone_of(programme)
    if recipient is None or recipient.contact is None or programme is None or recipient.is_erased:
        return None
    return put_into_words(parcel_to_show(message, recipient, programme, uow.now), preview_links())
