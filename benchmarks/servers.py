"""GitLab's stand-in and the servers before it, running; and what one of them answers."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from benchmarks.contestants import Contestant, Unavailable, rest_calls
from benchmarks.load import Request
from benchmarks.payloads import Payloads
from benchmarks.places import WORK
from benchmarks.processes import Process, cpus, free_port
from benchmarks.questions import QUESTIONS, Question, difference, expected
from benchmarks.site_files import Ports, can_wait, gitlab_conf, single_jobs, write_files

START_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_TIMEOUT_SECONDS = 60.0
_SERVED = re.compile(rb"requests\s+(?:\d+\s+){2}(\d+)")
_OK = (200, 201)


def exchange(port: int, request: Request) -> tuple[int, bytes]:
    """Sends one request to 127.0.0.1; returns status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(request.method, request.path, request.body, request.headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def wait_until(problem: Callable[[], str | None], process: Process, name: str) -> None:
    """Waits until there is no problem; one that lasts, or the end of the process, is the end."""
    deadline = time.monotonic() + START_SECONDS
    found: str | None = "nothing listens"
    while True:
        with suppress(OSError, http.client.HTTPException):
            if (found := problem()) is None:
                return
        if not process.running or time.monotonic() > deadline:
            process.stop()
            raise Unavailable(f"{name} did not start: {found} {process.said()}")
        time.sleep(_LOOK_SECONDS)


class Counted(Protocol):
    """What stands in for GitLab, and counts the requests that reach it."""

    def served(self) -> int:
        """Requests so far, this one included."""
        ...


class GitLab:
    """nginx with GitLab's answers in files, on one port at once and on another after a wait."""

    def __init__(self, payloads: Payloads, latency: float, folder: Path = WORK) -> None:
        self.payloads = payloads
        files = folder / "gitlab-files"
        write_files(files, payloads)
        self.ports = Ports(free_port(), free_port() if can_wait() else None, latency)
        conf = folder / "gitlab.conf"
        conf.write_text(gitlab_conf(files, self.ports), encoding="utf-8")
        self.process = Process(
            ["nginx", "-e", "stderr", "-c", str(conf)],
            cpu=cpus()[1],
            log=folder / "logs" / "gitlab.log",
        )
        probe = Request("GET", "/served", "counting")
        wait_until(
            lambda: None if exchange(self.ports.fast, probe)[0] in _OK else "no count",
            self.process,
            "nginx, as GitLab,",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.stop()

    def served(self) -> int:
        """Requests so far, this one included."""
        _, body = exchange(self.ports.fast, Request("GET", "/served", "counting"))
        found = _SERVED.search(body)
        return int(found.group(1)) if found else 0


class Server:
    """One contestant, started before `upstream`, the root of the stand-in."""

    def __init__(
        self,
        contestant: Contestant,
        upstream: str,
        payloads: Payloads,
        *,
        cpu: int | None = None,
        port: int | None = None,
        folder: Path = WORK,
    ) -> None:
        self.contestant = contestant
        self.payloads = payloads
        self.port = port or free_port()
        command, place, env = contestant.command(self.port, upstream)
        chosen = cpus()[0] if cpu is None else cpu
        log = folder / "logs" / f"{contestant.name}-{chosen}.log"
        self.process = Process(command, cpu=chosen, cwd=place, env=env, log=log)
        self._known = single_jobs(payloads)
        question = QUESTIONS[0]
        wait_until(lambda: self.problem(question), self.process, contestant.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.stop()

    def calls(self, question: Question, job: int, token: str) -> list[Request]:
        """The requests by which a client has this question answered: several where it is REST."""
        dialect = self.contestant.dialect
        if dialect is None:
            every = rest_calls(question, self.payloads, job)
            return [Request(method, path, token) for method, path in every]
        return [Request("POST", "/graphql", token, dialect.body(question, job))]

    def requests(self, question: Question, tokens: int) -> list[Request]:
        """All to be sent in turn: each job that can be asked for, each of so many tokens."""
        jobs = self._known if question.takes_an_id else self._known[-1:]
        return [
            call
            for turn in range(max(len(jobs), tokens))
            for call in self.calls(question, jobs[turn % len(jobs)], f"glpat-{turn % tokens}")
        ]

    def problem(self, question: Question) -> str | None:
        """What is wrong with its answer to one such question; None when it is right."""
        job = self._known[len(self._known) // 2]
        status, body = exchange(self.port, self.calls(question, job, "glpat-0")[0])
        if status not in _OK:
            return f"status {status}: {body[:300]!r}"
        if self.contestant.dialect is None:
            return None
        answer: dict[str, Any] = json.loads(body)
        if answer.get("errors"):
            return f"errors: {json.dumps(answer['errors'])[:300]}"
        given = self.contestant.dialect.answer(question, answer["data"])
        return difference(expected(question, self.payloads, job), given)
