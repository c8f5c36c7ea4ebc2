"""Interim reports: freezing the numbers of this moment, and finding them again."""

import json

from messaging.identifiers import new_id
from messaging.refusals import Refusal
from services.reporting.domain import report
from services.reporting.domain.publishing import publish
from services.reporting.domain.summary import Summary
from services.reporting.handlers.overview import find_programme, national_summary
from services.reporting.handlers.rebuilding import refuse_while_incomplete
from services.reporting.storage.reports import FrozenReport
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


class ReportNotFound(Refusal):
    """There is no such report."""

    status = 404


def freeze_report(programme_id: str, frozen_by: str, uow: ReportingUnitOfWork) -> FrozenReport:
    """Keep the programme's numbers as they are now, with the positions they were counted at; never during a rebuild."""
    refuse_while_incomplete(uow)
    programme = find_programme(programme_id, uow)
    text = report.canonical(report.content_of(national_summary(programme, uow, sees_all=True)))
    frozen = FrozenReport(new_id(), programme_id, uow.now, frozen_by, text, report.digest(text))
    uow.reports.add(frozen)
    return frozen


def find_report(report_id: str, uow: ReportingUnitOfWork) -> FrozenReport:
    """The report of an id; raises `ReportNotFound`."""
    frozen = uow.reports.get(report_id)
    if frozen is None:
        raise ReportNotFound("There is no report with this id; see /reporting/reports for those there are.")
    return frozen


def text_of(frozen: FrozenReport, *, sees_all: bool) -> str:
    """The frozen text; for outsiders that of what they are shown.

    Its digest is what a reader is told: that of the whole text would prove a guess at what is hidden in it.
    """
    if sees_all:
        return frozen.content
    content = json.loads(frozen.content)
    return report.canonical({**content, "numbers": publish(content["numbers"])})


def numbers_of(text: str) -> Summary:
    """The numbers that a text holds."""
    numbers: Summary = json.loads(text)["numbers"]
    return numbers
