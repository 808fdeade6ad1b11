from __future__ import annotations

import pytest

from benchmarks.load import Load, Request, lua_table, read_result

PRINTED = (
    "Running 1s test @ http://127.0.0.1:1\n"
    'RESULT {"requests":10,"seconds":1.5,"bytes":700,"p50":1.2,"p99":3.4,"failed":0}\n'
)


def test_results_are_found_among_what_wrk_prints() -> None:
    assert read_result(PRINTED, unfinished=4) == Load(10, 1.5, 700, 1.2, 3.4, 0, 4)


def test_requests_bear_their_token() -> None:
    table = lua_table([Request("GET", "/a", "one"), Request("POST", "/b", "two", "{}")])
    assert table.count("method =") == 2
    assert "[ [=[PRIVATE-TOKEN]=] ] = [=[two]=]" in table
    assert "body = [=[{}]=]" in table


@pytest.mark.parametrize("text", ["plain", "]=]", "]=] and ]==]"])
def test_strings_end_where_they_should(text: str) -> None:
    table = lua_table([Request("POST", "/", "t", text)])
    start = table.index("body = ") + len("body = ")
    level = table[start : table.index("[", start + 1) + 1]
    assert table[start:].startswith(f"{level}{text}{level.replace('[', ']')}")


def test_only_requests_with_a_body_name_its_type() -> None:
    assert "Content-Type" not in Request("GET", "/", "t").headers
    assert Request("POST", "/", "t", "{}").headers["Content-Type"] == "application/json"
