"""`PUT /<service>/api/clock`: how a rehearsal moves the business time. There is no such address when time is real."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from messaging.clock import set_business_time
from web.access import allow, key
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work


class ClockSchema(Schema):
    """The business time."""

    now = fields.AwareDateTime(required=True, format="iso", metadata={"description": "with its offset from UTC"})


def clock_blueprint() -> ApiBlueprint:
    """The one route of the driven clock."""
    clock = ApiBlueprint("clock", __name__, description="Business time in a rehearsal.")

    @clock.route("/clock", methods=["PUT"])
    @allow(key("clock"))
    @clock.arguments(ClockSchema)
    @clock.response(200, ClockSchema)
    def move_clock(wanted: dict[str, datetime]) -> dict[str, Any]:
        """Set the business time; it may also be moved back."""
        with unit_of_work() as uow:
            set_business_time(uow.connection, wanted["now"])
        return {"now": wanted["now"]}

    return clock
