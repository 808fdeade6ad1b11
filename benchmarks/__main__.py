"""The command: measures what the plans ask for, and tells the figures."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import plans
from benchmarks.chart import chart
from benchmarks.compare import compare
from benchmarks.contestants import CONTESTANTS, Unavailable
from benchmarks.growth import LARGEST, grow
from benchmarks.load import wrk
from benchmarks.measure import Conditions, WrongAnswer
from benchmarks.payloads import make_payloads
from benchmarks.places import WORK
from benchmarks.questions import QUESTIONS, by_name
from benchmarks.report import put_into, report
from benchmarks.results import Results, new_results, read_results
from benchmarks.servers import GitLab


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the plans asked for, or tells of an earlier run; returns the status to exit with."""
    options = _options(arguments)
    if options.report:
        _tell(read_results(options.report), options)
        return 0
    results = new_results()
    # Ended as by Ctrl-C, so that the servers are ended, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with GitLab(make_payloads(LARGEST), plans.LATENCY_MS / 1000) as gitlab:
            for plan in options.plans:
                _run(plan, gitlab, options, results)
    except (Unavailable, WrongAnswer) as problem:
        say(f"\n{problem}")
        return 1
    finally:
        results.write(options.results)  # what there is, however it ended
    _tell(results, options)
    say(f"written: {options.results}")
    return 0


def _run(plan: str, gitlab: GitLab, options: argparse.Namespace, results: Results) -> None:
    if plan == plans.GROWTH:
        results.growth = grow(gitlab, options.seconds, say)
        return
    latency = plans.latency_ms(plan)
    if latency and gitlab.ports.slow is None:
        say("nginx has no Lua module here, so it cannot wait: no figures for a slow GitLab")
        return
    tokens = plans.tokens(plan, options.tokens)
    compare(
        gitlab,
        [one for one in plans.contestants(plan) if one.name in options.only],
        by_name([one for one in plans.questions(plan) if one in options.queries]),
        [
            Conditions(many, options.seconds, tokens, latency, options.warm_up, plan)
            for many in plans.connections(plan)
        ],
        rounds=options.rounds,
        generate=wrk,
        results=results,
        say=say,
    )


def _tell(results: Results, options: argparse.Namespace) -> None:
    """Prints the tables, draws the chart, and renews the page if one is named."""
    say(f"\n{report(results)}")
    cost = results.of(0, plans.CONNECTIONS, plan=plans.COST)
    if cost.measurements:
        options.chart.parent.mkdir(parents=True, exist_ok=True)
        options.chart.write_text(chart(cost), encoding="utf-8")
        say(f"drawn: {options.chart}")
    if options.page:
        renewed = put_into(options.page.read_text(encoding="utf-8"), results)
        options.page.write_text(renewed, encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", description="Measures the gateway beside its peers."
    )
    servers = [one.name for one in CONTESTANTS]
    names = [one.name for one in QUESTIONS]
    add = parser.add_argument
    add("--only", nargs="+", choices=servers, default=servers, metavar="NAME", help="servers")
    add("--queries", nargs="+", choices=names, default=names, metavar="NAME", help="questions")
    add("--plans", nargs="+", choices=plans.PLANS, default=plans.USUAL, help="what to measure")
    add("--rounds", type=int, default=3, help="how often each is measured (default 3)")
    add("--seconds", type=int, default=10, help="how long each time (default 10)")
    add("--warm-up", type=int, default=3, help="seconds of load before each (default 3)")
    add("--tokens", type=int, default=1000, help="tokens borne in turn (default 1000)")
    add("--results", type=Path, default=WORK / "results.json", help="where the figures go")
    add("--chart", type=Path, default=WORK / "performance.svg", help="where the chart goes")
    add("--page", type=Path, help="a page whose figures are renewed: docs/performance.md")
    add("--report", type=Path, metavar="RESULTS", help="measures nothing, tells of these results")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
