"""What the jobs of the demo print, section by section."""

from __future__ import annotations

import random
from dataclasses import dataclass

from upstream.demo.records import Build


@dataclass(frozen=True, slots=True)
class Text:
    """One line without its end; `error` lines come from stderr."""

    data: bytes
    error: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    header: str
    lines: tuple[Text, ...]
    collapsed: bool = False


def script(dice: random.Random, job: Build) -> list[Section]:
    """The sections in order; the last one holds the job's own commands."""
    sections = [_executor(dice), _environment(dice), _sources(job)]
    if job.spec.archive or job.spec.coverage is not None:
        sections.append(_cache(dice))
    sections.append(Section("step_script", 'Executing "step_script" stage', _commands(dice, job)))
    return sections


def _executor(dice: random.Random) -> Section:
    digest = f"{dice.getrandbits(64):016x}"
    return Section(
        "prepare_executor",
        "Preparing the docker executor",
        (
            Text(b"Using Docker executor with image demo/ci:2026 ..."),
            Text(f"Using docker image sha256:{digest} for demo/ci:2026 ...".encode()),
        ),
    )


def _environment(dice: random.Random) -> Section:
    line = f"Running on runner-{dice.getrandbits(32):08x}-concurrent-{dice.randint(0, 7)}..."
    return Section("prepare_script", "Preparing environment", (Text(line.encode()),))


def _sources(job: Build) -> Section:
    pipeline = job.pipeline
    checkout = f"Checking out {pipeline.commit.sha[:8]} as detached HEAD (ref is {pipeline.ref})..."
    return Section(
        "get_sources",
        "Getting source from Git repository",
        (
            Text(b"\x1b[32;1mFetching changes with git depth set to 20...\x1b[0;m"),
            Text(f"\x1b[32;1m{checkout}\x1b[0;m".encode()),
            Text(b"Skipping Git submodules setup"),
        ),
    )


def _cache(dice: random.Random) -> Section:
    progress = b"\r".join(b"Downloading cache %3d%%" % part for part in (0, 25, 50, 75, 100))
    size = f"Cache of {dice.randint(12, 400)} MB extracted"
    return Section(
        "restore_cache", "Restoring cache", (Text(progress), Text(size.encode())), collapsed=True
    )


def _commands(dice: random.Random, job: Build) -> tuple[Text, ...]:
    name = job.spec.name
    command = f"\x1b[32;1m$ make {name.split(':')[0].replace(' ', '-')}\x1b[0;m"
    lines = [Text(command.encode())]
    lines.extend(Text(f"variable {key} is set".encode()) for key in job.variables)
    if job.spec.stage == "test":
        lines.extend(_tests(dice, fails=job.will_fail))
    else:
        lines.extend(_steps(dice, name))
    if job.will_fail:
        lines.append(Text(b"make: *** [Makefile:42] Error 1", error=True))
    return tuple(lines)


def _tests(dice: random.Random, *, fails: bool) -> list[Text]:
    suites = ("basket", "checkout", "payment", "search", "stock", "voucher", "größen")
    lines = []
    for suite in dice.sample(suites, 5):
        count = dice.randint(3, 40)
        text = f"\x1b[32m✓\x1b[0m {suite} ({count} examples, {dice.randint(20, 900)} ms)"
        lines.append(Text(text.encode()))
    if dice.random() < 0.5:  # noqa: PLR2004 - every second one
        lines.append(Text(b"warning: 'assert_nil' is deprecated", error=True))
    if fails:
        lines.append(Text("\x1b[31m✗ checkout → pays with a voucher\x1b[0m".encode()))
        lines.append(Text(b"  expected: 200 OK"))
        lines.append(Text(b"       got: 422 Unprocessable Entity (body: \xff\xfe)", error=True))
    return lines


def _steps(dice: random.Random, name: str) -> list[Text]:
    verbs = ("compiling", "linking", "packing", "checking", "uploading")
    count = dice.randint(4, 12)
    lines = [
        Text(f"[{number}/{count}] {dice.choice(verbs)} {name}/{dice.randint(10, 99)}".encode())
        for number in range(1, count + 1)
    ]
    lines.append(Text(b"note: took the mirror in Frankfurt", error=True))
    return lines
