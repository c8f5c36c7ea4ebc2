"""Writes `docs/benchmarks.md` and its charts from what a run found."""

from benchmarks.charts import chart
from benchmarks.keys import KEYS, Key
from benchmarks.measuring import Figures, readable
from benchmarks.peering import PEERS
from benchmarks.processes import ROOT
from benchmarks.results import Results
from benchmarks.words import CAVEATS, HOW, INTRODUCTION, SECTIONS

DOCS = ROOT / "docs"


def write(results: Results) -> None:
    """The page and a chart for each key."""
    charts = DOCS / "benchmarks"
    charts.mkdir(exist_ok=True)
    for key in KEYS:
        (charts / f"{key.name}.svg").write_text(chart(key, results.measured))
    (DOCS / "benchmarks.md").write_text(page(results))


def page(results: Results) -> str:
    """The whole page as Markdown."""
    sections = [_section(prefix, text, results) for prefix, text in SECTIONS.items()]
    return (
        "\n\n".join(
            [INTRODUCTION, _table(results), _machine(results), HOW.format(settings=_settings()), *sections, CAVEATS]
        )
        + "\n"
    )


def _table(results: Results) -> str:
    lines = [_row(key, results.measured) for key in KEYS]
    return "\n".join(["| key | median | spread | bar | |", "| --- | ---: | ---: | --- | --- |", *lines])


def _row(key: Key, measured: dict[str, Figures]) -> str:
    value = key.value(measured)
    verdict = "" if key.at_least is None and key.at_most is None else "holds" if key.holds(measured) else "**missed**"
    unit = " ms" if key.unit == "ms" else ""
    spread = f"{readable(min(value.rounds))} to {readable(max(value.rounds))}"
    return f"| `{key.name}` | {readable(value.median)}{unit} | {spread} | {key.bar}{unit if key.bar != 'no bar' else ''} | {verdict} |"


def _machine(results: Results) -> str:
    facts = "; ".join(f"{name}: {value}" for name, value in results.machine.items())
    kept = ", which keeps what runs before it had measured" if "RESUME" in results.command else ""
    return f"Measured {results.date} with `{results.command}`{kept}. {facts[0].upper()}{facts[1:]}."


def _settings() -> str:
    return "; ".join(f"{peer.name} {peer.concurrency} at a time, {peer.prefetch} fetched ahead" for peer in PEERS)


def _section(prefix: str, text: str, results: Results) -> str:
    keys = [key for key in KEYS if key.name.startswith(prefix)]
    pictures = [
        f"![{key.title}: {readable(key.value(results.measured).median)}](benchmarks/{key.name}.svg)" for key in keys
    ]
    return "\n\n".join([text, *pictures])
