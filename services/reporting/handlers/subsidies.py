"""Subsidies, line by line: which session earned what, and the event that says so."""

from typing import Any

from services.reporting.domain.money import lines
from services.reporting.domain.programme import Programme
from services.reporting.storage.unit_of_work import ReportingUnitOfWork


def subsidy_lines(programme: Programme, municipality: str, uow: ReportingUnitOfWork) -> list[dict[str, Any]]:
    """All of a municipality's lines in the order they were earned: the ceiling is reached by what came first."""
    sessions = uow.figures.subsidy_lines(programme.programme_id, municipality)
    money = programme.money
    return list(lines(sessions, money.get("subsidy_per_session", {}), money.get("ceiling_per_municipality")))
