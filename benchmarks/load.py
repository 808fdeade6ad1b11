"""Load: requests in turn over some connections, each sending on when it has its answer."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.places import WORK
from benchmarks.processes import cpus

_SCRIPT = Path(__file__).with_name("load.lua")
_MARK = "RESULT "
_GRACE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    token: str
    body: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        known = {"Accept": "application/json", "PRIVATE-TOKEN": self.token}
        return known if self.body is None else {**known, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it; `p50` and `p99` in ms, `bytes` of all answers with their headers.

    `unfinished`: requests sent, but broken off at the end. The server has worked on them as well.
    """

    requests: int
    seconds: float
    bytes: int
    p50: float
    p99: float
    failed: int
    unfinished: int


class Generator(Protocol):
    """Puts a load on 127.0.0.1:`port`."""

    def __call__(
        self, port: int, requests: Sequence[Request], *, connections: int, seconds: int
    ) -> Load: ...


def wrk(port: int, requests: Sequence[Request], *, connections: int, seconds: int) -> Load:
    """By wrk, on the CPU beside the server's."""
    table = WORK / "run" / f"requests-{port}.lua"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(lua_table(requests), encoding="utf-8")
    command = ["taskset", "--cpu-list", str(cpus()[1]), shutil.which("wrk") or "wrk"]
    command += ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(_SCRIPT)]
    command += [f"http://127.0.0.1:{port}", "--", str(table)]
    done = subprocess.run(  # noqa: S603 - our own words
        command, check=True, capture_output=True, text=True, timeout=seconds + _GRACE_SECONDS
    )
    return read_result(done.stdout, unfinished=connections)


def read_result(output: str, *, unfinished: int) -> Load:
    """What load.lua printed at the end."""
    line = next(line for line in output.splitlines() if line.startswith(_MARK))
    return Load(**json.loads(line.removeprefix(_MARK)), unfinished=unfinished)


def lua_table(requests: Sequence[Request]) -> str:
    rows = []
    for one in requests:
        headers = ", ".join(
            f"[ {_lua(name)} ] = {_lua(text)}" for name, text in one.headers.items()
        )
        body = "" if one.body is None else f", body = {_lua(one.body)}"
        words = f"method = {_lua(one.method)}, path = {_lua(one.path)}"
        rows.append(f"  {{ {words}, headers = {{ {headers} }}{body} }},\n")
    return "return {\n" + "".join(rows) + "}\n"


def _lua(text: str) -> str:
    """A string between long brackets, within which Lua reads nothing but their end."""
    level = "="
    while f"]{level}]" in text:
        level += "="
    return f"[{level}[{text}]{level}]"
