"""Venues over HTTP: a CSV file of many, or one at a time. The format is told in docs/importing.md."""

from typing import Any

from flask import request

from services.scheduling.domain.people import Venue
from services.scheduling.domain.refusals import NotFound
from services.scheduling.domain.rows import read_venue
from services.scheduling.domain.week import write_opening
from services.scheduling.handlers.acting import is_own_municipality
from services.scheduling.handlers.importing import import_venues, save_venue
from services.scheduling.handlers.reading import ImportReport, lines_of
from services.scheduling.schemas import ImportReportSchema, VenueSchema
from web.access import Role, allow, key, staff
from web.api_blueprint import ApiBlueprint
from web.body_limit import accepts_up_to
from web.database import unit_of_work
from web.paging import Page, PageArgs, page_args, page_schema

venues = ApiBlueprint("venues", __name__, description="Libraries and offices where help is given.")

WRITERS = (staff(Role.LEAD, Role.OPERATOR), key("venues:write", fenced=True))
CSV_BODY = {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}


@venues.route("/venues", methods=["PUT", "POST"])
@allow(*WRITERS)
@accepts_up_to(64)
@venues.doc(requestBody=CSV_BODY)
@venues.response(200, ImportReportSchema)
def take_in_venues() -> ImportReport:
    """Take in a CSV file of venues; the same file again changes nothing.

    A file that cannot be read to its end is refused with `file_unreadable`: the `line`, and this same report of the
    rows before it, which are kept.
    """
    return import_venues(lines_of(request.stream), unit_of_work, is_own_municipality)


@venues.route("/venues", methods=["GET"])
@allow(staff(), key("venues:write", "venues:read", fenced=True))
@venues.arguments(page_args, location="query")
@venues.response(200, page_schema(VenueSchema))
def list_venues(args: PageArgs) -> Page[Any]:
    """All venues by id."""
    with unit_of_work() as uow:
        rows = uow.venues.page(str(args.after[0]) if args.after else "", args.rows)
    page = Page.of(rows, args, lambda venue: (venue.venue_id,))
    return Page([as_json(venue) for venue in page.items], page.next)


@venues.route("/venues/<venue_id>", methods=["GET"])
@allow(staff(), key("venues:write", "venues:read", fenced=True))
@venues.response(200, VenueSchema)
def read_one(venue_id: str) -> dict[str, Any]:
    """One venue."""
    with unit_of_work() as uow:
        venue = uow.venues.get(venue_id)
    if venue is None:
        raise NotFound("There is no such venue; check the id.")
    return as_json(venue)


@venues.route("/venues/<venue_id>", methods=["PUT"])
@allow(*WRITERS)
@venues.arguments(VenueSchema)
@venues.response(200, VenueSchema)
def keep_one(data: dict[str, Any], venue_id: str) -> dict[str, Any]:
    """Keep one venue, new or changed."""
    venue = read_venue({**data, "venue_id": venue_id})
    with unit_of_work() as uow:
        save_venue(venue, uow, is_own_municipality)
    return as_json(venue)


def as_json(venue: Venue) -> dict[str, Any]:
    """The venue as `VenueSchema` dumps it."""
    return {**vars(venue), "opening": write_opening(venue.opening)}
