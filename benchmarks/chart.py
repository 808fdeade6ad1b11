"""The chart: queries answered in one second of CPU, a panel for each question."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from benchmarks.contestants import CONTESTANTS, KEEPING
from benchmarks.questions import QUESTIONS
from benchmarks.results import Results

# A plain proxy answers a hundred times as much and would flatten the rest.
LEFT_OUT = ("nginx", "gateway-stock", KEEPING)
OURS = "gateway"

_WIDTH = 860
_MARGIN = 24
_LABELS = 250  # room for the servers' names
_FIGURES = 70  # room for the numbers behind the bars
_BAR, _STEP = 12, 18
_TITLE, _PANEL_GAP = 24, 18
_HEAD = 64

_STYLE = """
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Arial, sans-serif; fill: #59636e; }
  .title { fill: #1f2328; font-size: 17px; font-weight: 600; }
  .question { fill: #1f2328; font-weight: 600; }
  .ours { fill: #1f2328; font-weight: 600; }
  .bar { fill: #afb8c1; }
  .bar.ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d; }
    text { fill: #9198a1; }
    .title, .question, text.ours { fill: #f0f6fc; }
    .bar { fill: #4d5661; }
    .bar.ours { fill: #4493f8; }
  }
"""


def chart(results: Results) -> str:
    """An SVG that reads well on light and dark pages."""
    servers = [name for name in results.servers() if name not in LEFT_OUT]
    titles = {one.name: one.title for one in QUESTIONS}
    body: list[str] = []
    top = _HEAD
    for question in results.questions():
        panel = _panel(results, question, f"{question}: {titles[question]}", servers, top)
        body.extend(panel)
        top += _TITLE + _STEP * len(servers) + _PANEL_GAP
    head = "Queries answered in one second of CPU"
    note = f"more is better · {results.date} · {results.machine}"
    frame = f'x="0.5" y="0.5" width="{_WIDTH - 1}" height="{top - 1}" rx="6"'
    box = f'viewBox="0 0 {_WIDTH} {top}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="title">',
            f'<title id="title">{escape(head)}, by server and question</title>',
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" {frame}/>',
            _text(_MARGIN, 32, head, "title"),
            _text(_MARGIN, 52, note),
            *body,
            "</svg>\n",
        ]
    )


def _panel(
    results: Results, question: str, title: str, servers: list[str], top: int
) -> Iterator[str]:
    """A heading and a bar for each server, the fastest first."""
    names = {one.name: one.title for one in CONTESTANTS}
    costs = {server: results.typical(server, question, "cpu_ms") for server in servers}
    speeds = {server: 1000 / cost for server, cost in costs.items() if cost}
    ranked = sorted(speeds, key=lambda server: -speeds[server])
    room = _WIDTH - 2 * _MARGIN - _LABELS - _FIGURES
    yield _text(_MARGIN, top + 14, title, "question")
    for place, server in enumerate(ranked):
        y = top + _TITLE + place * _STEP
        width = max(1.0, room * speeds[server] / speeds[ranked[0]])
        mark = "ours" if server == OURS else ""
        yield _text(_MARGIN, y + _BAR - 1.5, names[server], mark)
        yield (
            f'<rect class="{f"bar {mark}".strip()}" x="{_MARGIN + _LABELS}" y="{y}"'
            f' width="{width:.1f}" height="{_BAR}" rx="2"/>'
        )
        x = _MARGIN + _LABELS + width + 8
        yield _text(x, y + _BAR - 1.5, f"{speeds[server]:,.0f}", mark)


def _text(x: float, y: float, text: str, mark: str = "") -> str:
    chosen = f' class="{mark}"' if mark else ""
    return f'<text{chosen} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
