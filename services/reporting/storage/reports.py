"""The frozen interim reports."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, tuple_

from services.reporting.storage.tables import reports
from web.paging import Page, PageArgs


@dataclass(frozen=True)
class FrozenReport:
    """Numbers that no longer change: `content` is canonical JSON, `sha256` is its digest in hex, None where it is not told."""

    report_id: str
    programme_id: str
    frozen_at: datetime
    frozen_by: str
    content: str
    sha256: str | None


class ReportRepository:
    """The reports of reporting's database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report: FrozenReport) -> None:
        """Keep a report for good."""
        self._connection.execute(insert(reports).values(**vars(report)))

    def get(self, report_id: str) -> FrozenReport | None:
        """One report, or None."""
        row = self._connection.execute(select(reports).where(reports.c.report_id == report_id)).mappings().first()
        return FrozenReport(**row) if row else None

    def newest(self, programme_id: str, args: PageArgs) -> Page[FrozenReport]:
        """A page of a programme's reports, newest first."""
        order = tuple_(reports.c.frozen_at, reports.c.report_id)
        query = select(reports).where(reports.c.programme_id == programme_id)
        if after := args.after_instant:
            query = query.where(order < after)
        rows = self._connection.execute(
            query.order_by(reports.c.frozen_at.desc(), reports.c.report_id.desc()).limit(args.rows)
        )
        found = [FrozenReport(**row) for row in rows.mappings()]
        return Page.of(found, args, lambda report: (report.frozen_at, report.report_id))
