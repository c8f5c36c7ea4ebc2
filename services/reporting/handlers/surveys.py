"""Surveys: asking after a session, taking the one answer, counting it."""

from collections.abc import Sequence

from frist_contracts import BookingAttended, SurveyAnswered, SurveyInvited
from services.reporting.domain.survey import Answer, SurveyNotFound, survey_id_of
from services.reporting.handlers.event_rows import place_of
from services.reporting.storage.surveys import Survey
from services.reporting.storage.unit_of_work import ReportingUnitOfWork
from web.access import act_as_organisation
from web.access_log import log_access
from web.links import Links


def invite(events: Sequence[BookingAttended], uow: ReportingUnitOfWork) -> None:
    """Ask each organisation that came, once; an erased one is left alone."""
    asked = {survey_id_of(event.booking_id): event for event in events}
    rows = [
        {
            "survey_id": survey_id,
            "programme_id": event.programme_id,
            "municipality": event.municipality,
            "booking_id": event.booking_id,
            "case_id": event.case_id,
            "token_hash": Links.hash(uow.links.token("survey", survey_id)),
        }
        for survey_id, event in asked.items()
    ]
    for survey_id in uow.surveys.invite(rows):
        event = asked[survey_id]
        uow.outbox.add(
            SurveyInvited(
                survey_id=survey_id,
                case_id=event.case_id,
                programme_id=event.programme_id,
                booking_id=event.booking_id,
                municipality=event.municipality,
                sequence=1,
            ),
            because=event,
        )


def find_survey(token: str, uow: ReportingUnitOfWork) -> Survey:
    """The survey of a link; raises `SurveyNotFound`."""
    survey = uow.surveys.of_token(Links.hash(token))
    if survey is None:
        raise SurveyNotFound("This link leads to no survey; check that the whole address was copied from the message.")
    return survey


def answer_survey(token: str, answer: Answer, uow: ReportingUnitOfWork) -> Survey:
    """Take the answer, noted in the access log; when there is one already, that stays. Returns the survey as it was."""
    survey = find_survey(token, uow)
    act_as_organisation(survey.case_id)
    if not uow.surveys.answer(survey.survey_id, answer.comment, uow.now):
        return survey
    log_access(uow, action="change", subject=f"case:{survey.case_id}")
    uow.outbox.add(
        SurveyAnswered(
            survey_id=survey.survey_id,
            case_id=survey.case_id,
            programme_id=survey.programme_id,
            score=answer.score,
            first_visit=answer.first_visit,
            municipality=survey.municipality,
            sequence=2,
        )
    )
    return survey


def project_answers(events: Sequence[SurveyAnswered], uow: ReportingUnitOfWork) -> None:
    """Count what was answered."""
    uow.projections.begin(events)
    uow.projections.survey_answers(
        {
            **place_of(event),
            "survey_id": event.survey_id,
            "score": event.score,
            "first_visit": event.first_visit,
        }
        for event in events
    )
