"""A coach's own week: availability that comes back every week, and times away."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response

from messaging.reach import FIRST, LAST
from messaging.refusals import Refusal
from services.scheduling.domain.availability import Block
from services.scheduling.domain.programme import MADE_FORMS
from services.scheduling.domain.week import WeeklyHours
from services.scheduling.handlers.acting import coach_for_staff, note_changed
from services.scheduling.handlers.importing import save_week
from services.scheduling.handlers.sessions import add_absence, remove_absence
from services.scheduling.pages import words
from services.scheduling.pages.frame import Answer, rules_of_place, show
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.access import Role, allow, staff
from web.database import unit_of_work
from web.forms import Form
from web.paging import Page, page_args_of_request

coach = Blueprint("coach_pages", __name__, template_folder="templates")

EVERYBODY = staff(Role.COACH, Role.LEAD, Role.OPERATOR)


class BlockFormSchema(Schema):
    """Hours of a weekday."""

    weekday = fields.Integer(required=True, validate=validate.Range(0, 6))
    opens = fields.Time(required=True)
    closes = fields.Time(required=True)
    venue_id = fields.String(required=True)
    forms = fields.List(fields.String(validate=validate.OneOf(MADE_FORMS)), load_default=list)


class AbsenceFormSchema(Schema):
    """A time away, as people write it where they are."""

    first_date = fields.Date(required=True, validate=validate.Range(FIRST, LAST))
    first_time = fields.Time(required=True)
    last_date = fields.Date(required=True, validate=validate.Range(FIRST, LAST))
    last_time = fields.Time(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=200))


@coach.get("/coach/<coach_id>")
@allow(EVERYBODY)
def week(coach_id: str) -> Answer:
    """The coach's week, and the times away page by page."""
    with unit_of_work() as uow:
        return show("coach", block_form=Form(), absence_form=Form(), **_facts(coach_id, "read", uow))


@coach.post("/coach/<coach_id>/blocks")
@allow(EVERYBODY)
def add_block(coach_id: str) -> Answer | Response:
    """Add hours to the week."""
    form = Form.read(BlockFormSchema())
    with unit_of_work() as uow:
        facts = _facts(coach_id, "change", uow)
        if form.is_valid and form.data["closes"] <= form.data["opens"]:
            form.add_error("closes", _("The hours end before they begin; write the earlier time first."))
        if form.is_valid:
            hours = WeeklyHours(form.data["weekday"], form.data["opens"], form.data["closes"])
            block = Block(hours, form.data["venue_id"], forms=tuple(form.data["forms"]))
            changed = replace(facts["coach"], blocks=(*facts["coach"].blocks, block))
            try:
                save_week(changed, uow)
            except Refusal as refusal:
                form.add_error("venue_id", str(refusal))
        if not form.is_valid:
            return show("coach", refused=True, block_form=form, absence_form=Form(), **facts)
    flash(_("Saved. Sessions for these hours are made in a moment."))
    return redirect(url_for("coach_pages.week", coach_id=coach_id), 303)


@coach.post("/coach/<coach_id>/blocks/<int:number>/remove")
@allow(EVERYBODY)
def remove_block(coach_id: str, number: int) -> Response:
    """Take hours out of the week; sessions somebody has a seat in stay."""
    with unit_of_work() as uow:
        changed = coach_for_staff(coach_id, "change", uow)
        if number < len(changed.blocks) and str(changed.blocks[number].hours) == request.form.get("hours"):
            blocks = changed.blocks[:number] + changed.blocks[number + 1 :]
            save_week(replace(changed, blocks=blocks), uow)
            flash(_("Removed. Sessions that somebody has a seat in stay until they are cancelled."))
    return redirect(url_for("coach_pages.week", coach_id=coach_id), 303)


@coach.post("/coach/<coach_id>/absences")
@allow(EVERYBODY)
def be_away(coach_id: str) -> Answer | Response:
    """Be away: sessions in that time are cancelled and their owners told."""
    form = Form.read(AbsenceFormSchema())
    with unit_of_work() as uow:
        facts = _facts(coach_id, "change", uow)
        if form.is_valid:
            zone, data = facts["rules"].zone, form.data
            starts_at = datetime.combine(data["first_date"], data["first_time"], zone)
            ends_at = datetime.combine(data["last_date"], data["last_time"], zone)
            try:
                _absence_id, case_ids = add_absence(coach_id, starts_at, ends_at, data["reason"], uow)
                note_changed(case_ids, uow)
            except Refusal as refusal:
                form.add_error("last_date", str(refusal))
        if not form.is_valid:
            return show("coach", refused=True, block_form=Form(), absence_form=form, **facts)
    flash(_("Saved. Sessions in that time are cancelled, and everybody who had a seat is told."))
    return redirect(url_for("coach_pages.week", coach_id=coach_id), 303)


@coach.post("/coach/<coach_id>/absences/<absence_id>/remove")
@allow(EVERYBODY)
def be_back(coach_id: str, absence_id: str) -> Response:
    """Be there after all."""
    with unit_of_work() as uow:
        coach_for_staff(coach_id, "change", uow)
        remove_absence(coach_id, absence_id, uow)
    flash(_("Removed. Sessions for that time are made again in a moment."))
    return redirect(url_for("coach_pages.week", coach_id=coach_id), 303)


def _facts(coach_id: str, action: str, uow: SchedulingUnitOfWork) -> dict[str, Any]:
    found = coach_for_staff(coach_id, action, uow)
    rules = rules_of_place(found.municipalities[0], uow)
    args = page_args_of_request()
    absences = uow.coaches.absence_page(coach_id, uow.now, args)
    venues = {venue.venue_id: venue for code in found.municipalities for venue in uow.venues.of_municipality(code)}
    return {
        "coach": found,
        "rules": rules,
        "venues": venues,
        "absences": Page.of(absences, args, lambda absence: (absence.starts_at, absence.absence_id)),
        "venue_options": [(venue.venue_id, venue.name) for venue in venues.values()],
        "weekday_options": list(enumerate(words.WEEKDAYS)),
        "made_forms": [(form, words.STAFF_FORMS[form]) for form in MADE_FORMS if form in found.forms],
    }
