"""`/notifications/api/messages`: what was sent, what was not, and why."""

from typing import Any
from uuid import UUID

from services.notifications import handlers
from services.notifications.domain.message import Message
from services.notifications.domain.refusals import MessageUnknown
from services.notifications.schemas import (
    BacklogSchema,
    CountSchema,
    CountsQuerySchema,
    MessagePageSchema,
    MessageQuerySchema,
    MessageSchema,
)
from web.access import Role, abort_unless_municipality, allow, current_actor, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.paging import Page, PageArgs, page_args

messages = ApiBlueprint("messages", __name__, description="Every message, where it stands and why.")

READERS = (staff(Role.OPERATOR, Role.LEAD), key("messages:read", fenced=True))
WRITERS = (staff(Role.OPERATOR, Role.LEAD), key("messages:write", fenced=True))


@messages.route("/messages")
@allow(*READERS)
@messages.arguments(MessageQuerySchema, location="query")
@messages.arguments(page_args, location="query")
@messages.response(200, MessagePageSchema)
def list_messages(query: dict[str, Any], page: PageArgs) -> Page[Message]:
    """Messages, newest first; a municipality's lead sees its own."""
    query["municipality"] = fenced(query.get("municipality"))
    with unit_of_work() as uow:
        log_access(uow, action="search", subject=f"messages:{query.get('case_id') or 'list'}")
        found = uow.overview.page(query, page.after, page.rows)
    return Page.of(found, page, cursor_of)


@messages.route("/messages/<uuid:message_id>")
@allow(*READERS)
@messages.response(200, MessageSchema)
def show_message(message_id: UUID) -> Message:
    """One message."""
    with unit_of_work() as uow:
        found: Message | None = uow.overview.get(str(message_id))
        if found is None:
            raise MessageUnknown("There is no message with this id.")
        abort_unless_municipality(found.municipality)
        behalf = f"case:{found.case_id}" if found.case_id else None
        log_access(uow, action="read", subject=f"message:{message_id}", on_behalf_of=behalf)
    return found


@messages.route("/messages/<uuid:message_id>/returned", methods=["POST"])
@allow(*WRITERS)
@messages.response(200, MessageSchema)
def mark_returned(message_id: UUID) -> Message:
    """A letter came back: its address is bad, the next channel is used. Saying it again changes nothing."""
    with unit_of_work() as uow:
        found = uow.overview.get(str(message_id))
        if found:
            abort_unless_municipality(found.municipality)
        handlers.return_letter(str(message_id), uow)
        log_access(uow, action="change", subject=f"message:{message_id}")
        changed: Message = uow.overview.get(str(message_id))
    return changed


@messages.route("/counts")
@allow(*READERS)
@messages.arguments(CountsQuerySchema, location="query")
@messages.response(200, CountSchema(many=True))
def count_messages(query: dict[str, Any]) -> list[dict[str, Any]]:
    """How many messages of each purpose, state, channel and reason."""
    with unit_of_work() as uow:
        counted: list[dict[str, Any]] = uow.overview.counts(query["programme_id"], fenced(query["municipality"]))
    return counted


@messages.route("/backlog")
@allow(staff(Role.OPERATOR, Role.LEAD), key("messages:read"))
@messages.response(200, BacklogSchema)
def show_backlog() -> dict[str, int]:
    """How much is due and not sent yet."""
    with unit_of_work() as uow:
        backlog: dict[str, int] = uow.overview.backlog()
    return backlog


def fenced(municipality: str | None) -> str | None:
    """The municipality to look at: the one asked for, if the caller may; their own when none is."""
    wanted = municipality or current_actor().municipality
    if wanted:
        abort_unless_municipality(wanted)
    return wanted


def cursor_of(message: Message) -> tuple[Any, ...]:
    """What lists of messages are sorted by."""
    return (message.created_at.isoformat() if message.created_at else "", message.message_id)
