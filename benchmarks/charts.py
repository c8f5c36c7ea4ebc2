"""Charts as SVG: a line for each contestant with its bar, its spread and its figure; a dashed rule where the bar stands.

Readable on light and dark pages: the colours follow the reader's scheme, and nothing is told by colour alone.
"""

from dataclasses import dataclass
from html import escape

from benchmarks.keys import Key
from benchmarks.measuring import Figures, readable

WIDTH, LABELS, NUMBERS = 760, 180, 190
LINE, TOP, BOTTOM = 34, 34, 30
PLOT = WIDTH - LABELS - NUMBERS

_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .quiet { fill: #59636e } .bar { fill: #8c959f } .ours { fill: #0550ae }
    .spread { stroke: #1f2328; stroke-width: 1.5 } .goal { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 5 4 }
    .goal-text { fill: #bc4c00 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc } .quiet { fill: #9198a1 } .bar { fill: #656c76 } .ours { fill: #4493f8 }
      .spread { stroke: #f0f6fc } .goal { stroke: #f0883e } .goal-text { fill: #f0883e }
    }
"""


@dataclass(frozen=True)
class _Line:
    name: str
    figures: Figures
    is_ours: bool


def chart(key: Key, measured: dict[str, Figures]) -> str:
    """The SVG of one key; the goal is where our figure would have to reach against the best it is compared with."""
    lines = [_Line(_readable(name), measured[name], name == key.subject) for name in key.contestants]
    goal = _goal(key, measured)
    longest = max([max(line.figures.rounds) for line in lines] + ([goal] if goal else []))
    height = TOP + LINE * len(lines) + BOTTOM
    parts = [_line(line, TOP + LINE * row, PLOT / longest) for row, line in enumerate(lines)]
    parts += [_goal_line(key, LABELS + goal * PLOT / longest, height)] if goal else []
    title = f"{key.title}: {readable(key.value(measured).median)}, {key.bar}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">\n'
        f"  <title>{escape(title)}</title>\n  <style>{_STYLE}  </style>\n"
        f'  <text class="quiet" x="{LABELS}" y="16">{escape(key.unit)}</text>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _readable(name: str) -> str:
    return name.partition(".")[2].replace("_", " ")


def _goal(key: Key, measured: dict[str, Figures]) -> float | None:
    """The bar in the unit of the axis."""
    beside = measured[key.best(measured)].median if key.against else 1.0
    bar = key.at_least if key.at_least is not None else key.at_most
    return None if bar is None else bar * beside


def _line(line: _Line, y: int, scale: float) -> str:
    middle, kind = y + LINE / 2, "ours" if line.is_ours else "bar"
    low, high = (LABELS + figure * scale for figure in (min(line.figures.rounds), max(line.figures.rounds)))
    return (
        f'  <text x="{LABELS - 10}" y="{middle + 4:.0f}" text-anchor="end">{escape(line.name)}</text>\n'
        f'  <rect class="{kind}" x="{LABELS}" y="{y + 7}" width="{line.figures.median * scale:.1f}" height="{LINE - 14}" rx="2"/>\n'
        f'  <path class="spread" d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8"/>\n'
        f'  <text x="{WIDTH - NUMBERS + 12}" y="{middle + 4:.0f}">{readable(line.figures.median)}'
        f'<tspan class="quiet" dx="6">{readable(min(line.figures.rounds))} to {readable(max(line.figures.rounds))}</tspan></text>'
    )


def _goal_line(key: Key, x: float, height: int) -> str:
    return (
        f'  <path class="goal" d="M{x:.1f} {TOP - 6}V{height - BOTTOM + 4}"/>\n'
        f'  <text class="goal-text" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{escape(key.bar)}</text>'
    )
