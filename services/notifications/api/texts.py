"""`/notifications/api/texts`: what organisations will read."""

from typing import Any

from services.notifications import handlers
from services.notifications.domain.refusals import MessageUnknown
from services.notifications.schemas import PreviewSchema, TextsQuerySchema
from web.access import allow, key, staff
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

texts = ApiBlueprint("texts", __name__, description="The texts of messages with example facts.")


@texts.route("/texts")
@allow(staff(), key("messages:read", fenced=True))
@texts.arguments(TextsQuerySchema, location="query")
@texts.response(200, PreviewSchema(many=True))
def show_texts(query: dict[str, Any]) -> list[handlers.Preview]:
    """Every text a programme can send, in one language or all."""
    with unit_of_work() as uow:
        programme = uow.programmes.get(query["programme_id"])
        if programme is None:
            raise MessageUnknown("This programme has not been applied.", field="programme_id")
        return handlers.preview_texts(programme, uow.now, query["language"])
