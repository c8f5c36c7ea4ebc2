"""`/reporting/survey/<token>`: how it went, in three questions."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from messaging.refusals import Refusal
from services.reporting.domain.survey import SCORES, Answer
from services.reporting.handlers import surveys
from services.reporting.pages import labels
from services.reporting.schemas import AnswerSchema
from web.access import act_as_organisation, allow, by_link
from web.database import unit_of_work
from web.forms import Form

blueprint = Blueprint("survey", __name__, template_folder="templates")

_TEMPLATE = "reporting/survey.html"


@blueprint.route("/survey/<token>")
@allow(by_link)
def show_survey(token: str) -> str:
    """The questions, or thanks when they were answered."""
    with unit_of_work() as uow:
        survey = surveys.find_survey(token, uow)
        act_as_organisation(survey.case_id)
    if survey.answered_at is not None:
        return render_template("reporting/thanks.html")
    return render_template(_TEMPLATE, form=Form(), scores=_scores())


@blueprint.route("/survey/<token>", methods=["POST"])
@allow(by_link)
def answer_survey(token: str) -> "str | Response | tuple[str, int]":
    """Take the answer; the first one stays."""
    form = Form.read(AnswerSchema())
    if form.is_valid:
        try:
            with unit_of_work() as uow:
                surveys.answer_survey(token, Answer(**form.data), uow)
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            form.refuse(refusal)
    if form.is_valid:
        return render_template("reporting/thanks.html")
    return render_template(_TEMPLATE, form=form, scores=_scores()), 422


def _scores() -> list[tuple[int, str]]:
    """The answers, the best first."""
    return [(score, str(labels.SCORES[str(score)])) for score in reversed(SCORES)]
