"""What a watcher sees: a live table in a terminal, a plain line now and then elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

PLAIN_EVERY_DAYS = 10


@dataclass
class Scene:
    """What is going on now."""

    day: date | None = None
    states: dict[str, int] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    requests_per_second: float = 0.0
    doing: str = ""


class View(Protocol):
    """Shows a rehearsal."""

    def say(self, line: str) -> None:
        """A line that stays."""

    def day_done(self, number: int, scene: Scene) -> None:
        """A virtual day is over."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""


class PlainView:
    """Lines, for logs and pipes."""

    def __init__(self, days: int, say: Callable[[str], None]) -> None:
        self._days = days
        self.say = say

    def day_done(self, number: int, scene: Scene) -> None:
        """A line every ten days, and one for the last."""
        if number % PLAIN_EVERY_DAYS == 0 or number == self._days:
            states = ", ".join(f"{count} {state}" for state, count in scene.states.items() if count)
            self.say(
                f"{scene.day} (day {number} of {self._days}): {states}; {scene.requests_per_second:.0f} requests/s"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


class LiveView:
    """A picture that is drawn anew twice a second."""

    def __init__(self, days: int, console: Console, address: str) -> None:
        self._console = console
        self._address = address
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            auto_refresh=False,
        )
        self._task = self._progress.add_task("virtual days", total=days)
        self._live = Live(console=console, refresh_per_second=2, transient=True)

    def say(self, line: str) -> None:
        """A line above the picture."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def day_done(self, number: int, scene: Scene) -> None:
        """Draw the day."""
        description = f"{scene.day:%A %d %B %Y}" if scene.day else "virtual days"
        self._progress.update(self._task, completed=number, description=description)
        tables = Table.grid(padding=(0, 3))
        tables.add_row(_states_table(scene), _platform_table(scene))
        self._live.update(Panel(Group(self._progress, tables), title="Frist rehearsal", subtitle=self._address))

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()


def _states_table(scene: Scene) -> Table:
    table = Table("state", "cases", "", box=None, pad_edge=False)
    everybody = max(1, sum(scene.states.values()))
    for state, count in scene.states.items():
        table.add_row(state, f"{count:,}", "█" * round(30 * count / everybody))
    return table


def _platform_table(scene: Scene) -> Table:
    table = Table("queue", "waiting", box=None, pad_edge=False)
    for lane, backlog in scene.lanes.items():
        table.add_row(lane, f"{backlog:,}")
    table.add_section()
    table.add_row("requests", f"{scene.requests:,}")
    table.add_row("requests/s", f"{scene.requests_per_second:.0f}")
    return table


def view_for(days: int, address: str, console: Console) -> View:
    """The live view in a terminal, lines elsewhere."""
    if console.is_terminal:
        return LiveView(days, console, address)
    return PlainView(days, lambda line: print(line, flush=True))
