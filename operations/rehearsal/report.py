"""What is printed when a rehearsal is over."""

from rich.console import Console
from rich.table import Table

from operations.rehearsal.rules.rule import Breach
from operations.rehearsal.summary import Summary

_FIGURES = {
    "organisations": "organisations in the register",
    "registered": "registered at some time",
    "assessed": "answered the inventory",
    "booked": "had a seat at some time",
    "helped": "came to a session",
    "no_shows": "did not come to a session",
    "messages_sent": "messages sent",
    "letters": "of them letters",
    "surveys": "surveys answered",
    "satisfied_share": "satisfied, of those",
    "events_published": "events published",
    "events_applied": "taking effect so many times",
    "missing": "missing",
    "parked": "parked",
    "requests": "HTTP requests made",
}


def print_report(console: Console, summary: Summary, breaches: list[Breach]) -> None:
    """The figures, the states, the seconds by phase, and the verdict."""
    columns = Table.grid(padding=(0, 4))
    columns.add_row(_figures(summary), _states(summary), _seconds(summary))
    console.print(columns)
    for line in faults(summary, breaches):
        console.print(line, style="bold red", markup=False, highlight=False, soft_wrap=True)
    if not faults(summary, breaches):
        console.print(f"All {summary.rules_checked} rules hold, nothing is missing or parked.", highlight=False)


def faults(summary: Summary, breaches: list[Breach]) -> list[str]:
    """A sentence for everything that is not as it has to be."""
    found = [str(breach) for breach in breaches]
    if summary.missing:
        found.append(f"{summary.missing} events did not take effect where they should: see `frist ledger`.")
    if summary.parked:
        found.append(f"{summary.parked} events are parked: see `frist parked list`.")
    if sum(summary.states.values()) != summary.organisations:
        found.append(f"The states sum to {sum(summary.states.values())}, not to {summary.organisations}.")
    return found


def _figures(summary: Summary) -> Table:
    table = _table("what", "")
    for name, meaning in _FIGURES.items():
        value = getattr(summary, name)
        table.add_row(meaning, f"{value:.1%}" if name.endswith("_share") else f"{value:,}")
    return table


def _states(summary: Summary) -> Table:
    table = _table("state", "cases")
    for state, count in summary.states.items():
        table.add_row(state, f"{count:,}")
    return table


def _seconds(summary: Summary) -> Table:
    table = _table("phase", "seconds")
    for phase, seconds in summary.seconds_by_phase.items():
        table.add_row(phase, f"{seconds:.1f}")
    table.add_section()
    table.add_row("all", f"{summary.seconds:.1f}")
    return table


def _table(first: str, second: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    table.add_column(second, justify="right")
    return table
