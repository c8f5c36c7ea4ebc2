"""`/reporting/survey/<token>`: how it went, in two questions, or three after a desk at a library."""

from flask import Blueprint, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.reporting.domain.survey import AT_A_LIBRARY, SCORES, Answer, AnswerIncomplete
from services.reporting.handlers import surveys
from services.reporting.pages import labels
from services.reporting.schemas import AnswerSchema
from services.reporting.storage.surveys import Survey
from web.access import act_as_organisation, allow, by_link
from web.database import unit_of_work
from web.forms import Form

blueprint = Blueprint("survey", __name__, template_folder="templates")


@blueprint.route("/survey/<token>")
@allow(by_link)
def show_survey(token: str) -> str:
    """The questions, or thanks when they were answered."""
    with unit_of_work() as uow:
        survey = surveys.find_survey(token, uow)
        act_as_organisation(survey.case_id)
    if survey.answered_at is not None:
        return render_template("reporting/thanks.html")
    return _questions(survey, Form())


@blueprint.route("/survey/<token>", methods=["POST"])
@allow(by_link)
def answer_survey(token: str) -> "str | Response | tuple[str, int]":
    """Take the answer; the first one stays."""
    form = Form.read(AnswerSchema())
    with unit_of_work() as uow:
        survey = surveys.find_survey(token, uow)
        if form.is_valid:
            try:
                surveys.answer_survey(token, Answer(**form.data), uow)
            except AnswerIncomplete as refusal:
                form.refuse(refusal)
    if form.is_valid:
        return render_template("reporting/thanks.html")
    return _questions(survey, form), 422


def _questions(survey: Survey, form: Form) -> str:
    """The questions, each with the best answer first; about the library only whoever was there is asked."""
    if "score" in form.errors:  # a program is told their numbers, which nobody sees here
        form.errors["score"] = _("Choose one of the five answers.")
    scores = [(score, str(labels.SCORES[str(score)])) for score in reversed(SCORES)]
    at_library = survey.form == AT_A_LIBRARY
    return render_template("reporting/survey.html", form=form, scores=scores, at_library=at_library)
