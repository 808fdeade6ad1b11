"""Each cell of the table in docs/reliability.md, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.asking import Came, outcomes
from tests.reliability.cases import ROWS
from tests.reliability.places import KINDS, Kind
from tests.reliability.rows import AT_MOST, Cell, Row
from upstream.demo import MAINTAINER_TOKEN

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BUSY_SECONDS = 2.0  # that a machine with other things to do may take on top

RUNS = [(row, transport) for row in ROWS for transport in ("lean", "httpx")[: 1 + row.both]]
CELLS = [(row, transport, kind) for row, transport in RUNS for kind in KINDS]


def ids(cells: list[tuple[Any, ...]]) -> list[str]:
    return [" - ".join((row.fault, *rest)) for row, *rest in cells]


@pytest.mark.parametrize(("row", "transport", "kind"), CELLS, ids=ids(CELLS))
def test_a_cell_says_what_the_client_gets(row: Row, transport: str, kind: Kind) -> None:
    came, cell = outcomes(row, transport)[kind], row.cell(kind)
    assert came.status == 200
    assert came.calls in (cell.calls, cell.calls + (row.cuts and kind != "mutation"))
    assert came.seconds <= AT_MOST[row.at_most] + BUSY_SECONDS
    if cell.code is None:
        assert_served(came, kind, stale=row.stale)
    else:
        assert_nulls(came, kind, row)
        for error in came.answer["errors"]:
            assert_error(error, cell, row.says)


def assert_served(came: Came, kind: Kind, *, stale: bool) -> None:
    answer = came.answer
    assert "errors" not in answer, answer["errors"]
    if kind == "query":
        assert answer["data"]["job"]["name"]
    elif kind == "nested":
        assert all(node["pipeline"]["duration"] for node in nodes(answer))
    else:
        assert answer["data"]["retryJob"]["errors"] == []
    assert ("extensions" in answer) is stale
    if stale:
        shown = answer["extensions"]["stale"]
        assert [(one["answers"], one["ageSeconds"] <= 60) for one in shown] == [(1, True)]


def assert_nulls(came: Came, kind: Kind, row: Row) -> None:
    """What failed is null, and nothing else."""
    data, errors = came.answer["data"], came.answer["errors"]
    paths = [error["path"] for error in errors]
    if kind == "query":
        assert (data, paths) == ({"job": None}, [["job", "name"] if row.value else ["job"]])
    elif kind == "mutation" and row.value:
        assert data == {"retryJob": {"job": None, "errors": []}}
        assert paths == [["retryJob", "job", "name"]]
    elif kind == "mutation":
        assert (data, paths) == (None, [["retryJob"]])
    elif row.whole:
        assert (data, paths) == ({"project": {"jobs": None}}, [["project", "jobs"]])
    else:
        failed = [
            index
            for index, node in enumerate(nodes(came.answer))
            if node["pipeline"]["databaseId"] == came.broken
        ]
        assert failed
        assert [node["pipeline"]["duration"] is None for node in nodes(came.answer)] == [
            index in failed for index in range(len(nodes(came.answer)))
        ]
        duration = ["pipeline", "duration"]
        assert paths == [["project", "jobs", "nodes", index, *duration] for index in failed]


def assert_error(error: dict[str, Any], cell: Cell, says: str) -> None:
    extensions = error["extensions"]
    assert extensions["code"] == cell.code
    assert extensions["retryable"] is cell.again
    if cell.after is None:
        assert "retryAfter" not in extensions
    else:
        assert cell.after - 2 <= extensions["retryAfter"] <= cell.after
    assert says in error["message"]
    for secret in (MAINTAINER_TOKEN, "127.0.0.1", "{", "<", "Traceback"):
        assert secret not in error["message"]


def nodes(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["data"]["project"]["jobs"]["nodes"]
    return found


def table() -> Iterator[str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index("| fault | query | nested query | mutation | at most |")
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return
        yield line


def test_the_page_shows_this_table() -> None:
    assert list(table()) == [str(row) for row in ROWS]
