"""All tables of a run, for the terminal and for docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.growth import growth_tables
from benchmarks.plans import CONNECTIONS, LATENCY_MS, SLOW_CONNECTIONS
from benchmarks.results import Results, cost_tables, latency_table, table

BEGIN = "<!-- figures: written by benchmarks/run -->"
END = "<!-- end of figures -->"


def report(results: Results) -> str:
    """In Markdown; what was not measured is not mentioned."""
    return "\n".join(_parts(results))


def put_into(page: str, results: Results) -> str:
    """The page with the figures between its two marks replaced by these."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page lacks its marks, {BEGIN} and {END}")
    return f"{before}{begin}\n\n{report(results)}\n{end}{after}"


def _parts(results: Results) -> Iterator[str]:
    yield f"Measured on {results.date}: {results.machine}. {_quietness(results)}\n"
    cost = results.of(0, CONNECTIONS, plan="cost")
    if cost.measurements:
        yield "### Side by side\n"
        yield cost_tables(cost)
    kept = results.of(0, CONNECTIONS, plan="kept")
    if kept.measurements:
        yield "### Keeping and sharing answers, all requests under one token\n"
        yield cost_tables(kept)
    slow = {many: results.of(LATENCY_MS, many, plan="latency") for many in SLOW_CONNECTIONS}
    if any(one.measurements for one in slow.values()):
        yield f"### Added to a GitLab that takes {LATENCY_MS} ms, p50 / p99 in ms\n"
        for connections, measured in slow.items():
            yield f"{connections} connections:\n\n{latency_table(measured)}"
    if results.growth:
        yield "### Growth\n"
        yield growth_tables(results.growth)
    if results.left_out:
        yield "Left out:\n"
        reasons = results.left_out.items()
        yield table(["server", "reason"], [[name, _one_line(text)] for name, text in reasons])


def _quietness(results: Results) -> str:
    shares = sorted(one.foreign for one in results.measurements if one.memory_mb)
    if not shares:
        return ""
    typical, most = shares[len(shares) // 2], shares[-1]
    return f"Of the server's CPU, other processes took {typical:.0%} (median; {most:.0%} at most)."


def _one_line(text: str) -> str:
    return " ".join(text.replace("|", " ").split())[:200]
