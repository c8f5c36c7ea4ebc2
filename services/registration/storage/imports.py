"""Runs of the register import: rows on their way in, how far each run came, and what it refused and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, text, update

from messaging.refusals import Refusal
from services.registration.storage.tables import import_refusals, import_rows, import_runs
from web.paging import PageArgs

_COPY = "COPY import_rows (run_id, line, cells) FROM STDIN"


class ImportUnknown(Refusal):
    """There is no such import run."""

    slug = "import_unknown"
    status = 404


_ABANDONED = "state = 'receiving' AND started_at < clock_timestamp() - interval '1 day'"
"""No file takes a day to arrive; what is left of one are names, numbers and addresses."""

IS_ANY_ABANDONED = f"EXISTS (SELECT FROM import_runs WHERE {_ABANDONED})"
"""For a timer: whether `break_off_abandoned` would find one."""

IS_ANY_STAGED = "EXISTS (SELECT FROM import_runs WHERE state = 'staged')"
"""For a timer: whether `next_run` would find one."""


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken, with the field at fault and how to mend it."""

    line: int
    number: str
    field: str
    reason: str


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one chunk."""

    opened: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


class ImportRepository:
    """Reads and writes import runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, run_id: str, programme_id: str, started_by: str) -> None:
        """A file begins to arrive."""
        row = {"run_id": run_id, "programme_id": programme_id, "state": "receiving", "started_by": started_by}
        self._connection.execute(insert(import_runs).values(row))

    def stage(self, run_id: str, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Keep rows that arrived, each with its line, by COPY."""
        raw = self._connection.connection.driver_connection
        if raw is None:
            raise RuntimeError("the connection is closed")
        with raw.cursor() as cursor, cursor.copy(_COPY) as copy:
            for line, cells in rows:
                copy.write_row((run_id, line, cells))
        staged = import_runs.c.rows_staged + len(rows)
        self._set(run_id, rows_staged=staged)

    def finish_receiving(self, run_id: str) -> None:
        """The whole file is here; the worker takes it from now on."""
        self._set(run_id, state="staged")

    def break_off(self, run_id: str, reason: str) -> None:
        """The file did not arrive whole: nothing of it is taken."""
        self._set(run_id, state="broken", reason=reason, finished_at=func.clock_timestamp())
        self._connection.execute(delete(import_rows).where(import_rows.c.run_id == run_id))

    def break_off_abandoned(self) -> int:
        """Break off what nobody sends any more: who received it died, or could not say so. Returns how many there were."""
        abandoned = select(import_runs.c.run_id).where(text(_ABANDONED))
        runs = self._connection.execute(abandoned.with_for_update(skip_locked=True)).scalars().all()
        for run_id in runs:
            self.break_off(run_id, "The file stopped coming; send it again.")
        return len(runs)

    def next_run(self) -> Row[Any] | None:
        """The oldest run with rows to take, locked; None when there is none."""
        query = select(import_runs).where(import_runs.c.state == "staged").order_by(import_runs.c.run_id).limit(1)
        return self._connection.execute(query.with_for_update(skip_locked=True)).one_or_none()

    def next_rows(self, run: Row[Any], most: int) -> list[Row[Any]]:
        """The next rows of the run, in the order of the file."""
        ahead = (import_rows.c.run_id == run.run_id) & (import_rows.c.line > run.last_line)
        return list(self._connection.execute(select(import_rows).where(ahead).order_by(import_rows.c.line).limit(most)))

    def advance(self, run_id: str, first_line: int, last_line: int, counts: Counts) -> None:
        """Rows from `first_line` to `last_line` are done. Naming both ends keeps the removal off rows long gone."""
        added = {name: import_runs.c[name] + count for name, count in vars(counts).items()}
        self._set(run_id, last_line=last_line, **added)
        done = (import_rows.c.run_id == run_id) & import_rows.c.line.between(first_line, last_line)
        self._connection.execute(delete(import_rows).where(done))

    def finish(self, run_id: str) -> None:
        """Every row of the run is done."""
        self._set(run_id, state="done", finished_at=func.clock_timestamp())

    def add_refusals(self, run_id: str, refused: Iterable[RefusedRow]) -> None:
        """Keep which rows were refused and why."""
        rows = [{"run_id": run_id, **vars(row)} for row in refused]
        if rows:
            self._connection.execute(insert(import_refusals), rows)

    def forget_number(self, number: str) -> None:
        """Refused rows stay, without the number, however it was written or what ran together with it."""
        digits = func.regexp_replace(import_refusals.c.number, r"\D", "", "g")
        self._connection.execute(update(import_refusals).where(digits.contains(number)).values(number=""))

    def get(self, run_id: str) -> Row[Any]:
        """How far the run came; raises `ImportUnknown`."""
        row = self._connection.execute(select(import_runs).where(import_runs.c.run_id == run_id)).one_or_none()
        if row is None:
            raise ImportUnknown("There is no such import; see the list of imports.")
        return row

    def page(self, args: PageArgs) -> list[Row[Any]]:
        """A page of runs, the newest first; a cursor of another list means the start."""
        query = select(import_runs).order_by(import_runs.c.run_id.desc()).limit(args.rows)
        if after := _run_id(args):
            query = query.where(import_runs.c.run_id < after)
        return list(self._connection.execute(query))

    def refusal_page(self, run_id: str, args: PageArgs) -> list[Row[Any]]:
        """A page of refused rows; a cursor of another list means the start."""
        after = args.after[0] if args.after and isinstance(args.after[0], int) else 0
        return self.refusals(run_id, after, args.rows)

    def refusals(self, run_id: str, after_line: int, most: int) -> list[Row[Any]]:
        """Refused rows after a line, in the order of the file."""
        here = (import_refusals.c.run_id == run_id) & (import_refusals.c.line > after_line)
        query = select(import_refusals).where(here).order_by(import_refusals.c.line)
        return list(self._connection.execute(query.limit(most)))

    def _set(self, run_id: str, **values: Any) -> None:
        self._connection.execute(update(import_runs).where(import_runs.c.run_id == run_id).values(values))


def _run_id(args: PageArgs) -> str | None:
    """The run that the page before ended with."""
    try:
        return str(UUID(str(args.after[0]))) if args.after else None
    except ValueError:
        return None
