from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.payloads import make_payloads
from benchmarks.site_files import (
    FIRST_PAGE,
    Ports,
    gitlab_conf,
    keyset_cursor,
    proxy_conf,
    write_files,
)
from upstream import paging

PAYLOADS = make_payloads(250)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_files(tmp_path / "files", PAYLOADS)
    return tmp_path / "files"


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


@pytest.mark.parametrize("size", [20, 100])
def test_cursors_lead_through_all_jobs_once(files: Path, size: int) -> None:
    following = dict(
        re.findall(r'^"(.+)" "(.+)";$', (files / "cursors.map").read_text(), re.MULTILINE)
    )
    seen: list[int] = []
    page = FIRST_PAGE
    while page:
        seen += [job["id"] for job in read(files / f"pages/{size}/{page}.json")]
        page = following.get(f"{size}/{page}", "").rstrip("=")
    assert seen == sorted(PAYLOADS.jobs, reverse=True)


def test_cursors_are_gitlabs() -> None:
    assert keyset_cursor(7000081) == paging.keyset_cursor(7000081)


def test_single_answers_are_the_payloads(files: Path) -> None:
    job = max(PAYLOADS.jobs)
    assert read(files / f"jobs/{job}.json") == PAYLOADS.jobs[job]
    assert read(files / f"retried/{job}.json") == PAYLOADS.retried[job]
    pipeline = PAYLOADS.jobs[job]["pipeline"]["id"]
    assert read(files / f"pipelines/{pipeline}.json") == PAYLOADS.pipelines[pipeline]


def test_only_the_slow_port_waits() -> None:
    text = gitlab_conf(Path("/files"), Ports(fast=1001, slow=1002, latency=0.02))
    fast, slow = text.split("listen 127.0.0.1:1002")
    assert "listen 127.0.0.1:1001" in fast
    assert "ngx.sleep" not in fast
    assert slow.count("ngx.sleep(0.02)") == 3


def test_without_lua_there_is_no_slow_port() -> None:
    text = gitlab_conf(Path("/files"), Ports(fast=1001, slow=None, latency=0.02))
    assert text.count("listen") == 1
    assert "lua" not in text


def test_braces_are_balanced() -> None:
    for text in (
        gitlab_conf(Path("/files"), Ports(fast=1, slow=2, latency=0.02)),
        proxy_conf(Path("/proxy"), 3, "http://127.0.0.1:1"),
    ):
        assert text.count("{") == text.count("}")


def test_proxy_passes_on_to_what_it_is_given() -> None:
    text = proxy_conf(Path("/proxy"), 3, "http://127.0.0.1:1")
    assert "server 127.0.0.1:1;" in text
