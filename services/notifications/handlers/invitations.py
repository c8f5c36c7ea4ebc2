"""Invitations that carry a link of their own: to the survey, and to sign in."""

from collections.abc import Sequence

from frist_contracts import NATIONAL, StaffSignInRequested, SurveyInvited
from services.notifications.domain.message import draft
from services.notifications.domain.purposes import SIGN_IN, SURVEY
from services.notifications.domain.recipient import Recipient
from services.notifications.handlers.drafting import happened_at, plan
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork


def invite_to_surveys(events: Sequence[SurveyInvited], uow: NotificationsUnitOfWork) -> None:
    """Ask how it went."""
    uow.recipients.ensure([Recipient(event.case_id, event.programme_id, event.municipality) for event in events])
    plan(
        uow,
        [
            draft(
                SURVEY,
                subject=event.case_id,
                occasion=event.survey_id,
                at=happened_at(event, uow),
                municipality=event.municipality,
                case_id=event.case_id,
                programme_id=event.programme_id,
                parameters={"survey_id": event.survey_id},
            )
            for event in events
        ],
        events,
    )


def invite_to_sign_in(event: StaffSignInRequested, uow: NotificationsUnitOfWork) -> None:
    """Send a member of staff the link they asked for; the address goes from here once it is sent."""
    invitation = draft(
        SIGN_IN,
        subject=event.request_id,
        occasion="1",
        at=happened_at(event, uow),
        municipality=NATIONAL,
        case_id=None,
        programme_id=None,
        parameters={"request_id": event.request_id, "email": event.email, "language": event.language},
    )
    plan(uow, [invitation])
