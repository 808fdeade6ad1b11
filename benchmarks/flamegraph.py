"""Where the gateway spends its time under the load of one question, drawn by py-spy.

usage: python -m benchmarks.flamegraph [--query Q1] [--seconds 20] [--output flamegraph.svg]

The command `py-spy` must be on the path, or be named by PY_SPY. It looks into another process, for
which some systems ask for root.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.contestants import CONTESTANTS
from benchmarks.load import wrk
from benchmarks.payloads import make_payloads
from benchmarks.places import ROOT, WORK
from benchmarks.questions import QUESTIONS, by_name
from benchmarks.servers import GitLab, Server

CONNECTIONS = 32
JOBS = 1000
_RATE = 400  # samples a second
_MORE_SECONDS = 3  # the load goes on a little longer than the look


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.flamegraph")
    parser.add_argument("--query", choices=[one.name for one in QUESTIONS], default="Q1")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--output", type=Path, default=WORK / "flamegraph.svg")
    options = parser.parse_args()
    (question,) = by_name([options.query])
    gateway = next(one for one in CONTESTANTS if one.name == "gateway")
    with GitLab(make_payloads(JOBS), 0.02) as gitlab:
        upstream = f"http://127.0.0.1:{gitlab.ports.fast}"
        with Server(gateway, upstream, gitlab.payloads) as server, ThreadPoolExecutor(1) as pool:
            requests = server.requests(question, 1)
            wrk(server.port, requests, connections=CONNECTIONS, seconds=_MORE_SECONDS)
            long_enough = options.seconds + 2 * _MORE_SECONDS
            loaded = pool.submit(
                wrk, server.port, requests, connections=CONNECTIONS, seconds=long_enough
            )
            _record(server.process.tree()[0], options.seconds, options.output)
            loaded.result()
    picture = options.output.read_text(encoding="utf-8")
    options.output.write_text(without_places(picture), encoding="utf-8")
    sys.stdout.write(f"written: {options.output}\n")


def _record(pid: int, seconds: int, output: Path) -> None:
    command = [os.environ.get("PY_SPY", "py-spy"), "record", "--pid", str(pid)]
    command += ["--duration", str(seconds), "--rate", str(_RATE), "--format", "flamegraph"]
    subprocess.run([*command, "--output", str(output)], check=True)  # noqa: S603 - our own words


def without_places(picture: str) -> str:
    """The picture with files named from the project or from the environment's packages on."""
    short = re.sub(r"[^<>]*py-spy record[^<]*", "py-spy record", picture).replace(f"{ROOT}/", "")
    return re.sub(r"/[^ (\"<>]*/(?:site-packages|lib/python3\.\d+)/", "", short)


if __name__ == "__main__":
    main()
