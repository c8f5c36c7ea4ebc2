"""Subsidies, line by line: which session earned what, and the event that says so."""

from dataclasses import replace
from typing import Any

from services.reporting.domain.money import lines, subsidy
from services.reporting.domain.programme import Programme
from services.reporting.storage.unit_of_work import ReportingUnitOfWork
from web.paging import Page, PageArgs


def subsidy_lines(programme: Programme, municipality: str, uow: ReportingUnitOfWork) -> list[dict[str, Any]]:
    """All of a municipality's lines in the order they were earned: the ceiling is reached by what came first."""
    sessions = uow.figures.subsidy_lines(programme.programme_id, municipality)
    return list(lines(sessions, *_tariff(programme)))


def subsidy_page(
    programme: Programme, municipality: str, args: PageArgs, uow: ReportingUnitOfWork
) -> Page[dict[str, Any]]:
    """A page of the same lines, the newest first; what was earned before it is counted, not read."""
    place = programme.programme_id, municipality
    rows = uow.figures.newest_subsidy_lines(*place, args)
    page = Page.of(rows, args, lambda line: (line["starts_at"], line["session_id"]))
    if not page.items:
        return page
    tariff = _tariff(programme)
    earned_before = subsidy(uow.figures.held_before(*place, page.items[-1]), *tariff)["earned"]
    return replace(page, items=[*lines(page.items[::-1], *tariff, earned_before)][::-1])


def _tariff(programme: Programme) -> tuple[dict[str, int], int | None]:
    """What a session of each form earns, and the ceiling."""
    money = programme.money
    return money.get("subsidy_per_session", {}), money.get("ceiling_per_municipality")
