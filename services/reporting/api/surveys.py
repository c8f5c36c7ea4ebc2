"""`/reporting/api/survey/<token>`: how it went, told by the organisation's own link."""

from typing import Any

from services.reporting import schemas
from services.reporting.domain.survey import Answer
from services.reporting.handlers import surveys
from web.access import act_as_organisation, allow, by_link
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work

blueprint = ApiBlueprint("surveys", __name__, url_prefix="/survey", description="The survey after a session, by link.")


@blueprint.route("/<token>")
@allow(by_link)
@blueprint.response(200, schemas.SurveySchema)
def show_survey(token: str) -> dict[str, Any]:
    """Whether the survey was answered; looking spends nothing."""
    with unit_of_work() as uow:
        survey = surveys.find_survey(token, uow)
        act_as_organisation(survey.case_id)
        return {"survey_id": survey.survey_id, "answered": survey.answered_at is not None}


@blueprint.route("/<token>", methods=["POST"])
@allow(by_link)
@blueprint.arguments(schemas.AnswerSchema)
@blueprint.response(200, schemas.SurveySchema)
def answer_survey(answer: dict[str, Any], token: str) -> dict[str, Any]:
    """Answer the survey. The first answer stays: answering again changes nothing and is no error."""
    with unit_of_work() as uow:
        survey = surveys.answer_survey(token, Answer(**answer), uow)
        return {"survey_id": survey.survey_id, "answered": True}
