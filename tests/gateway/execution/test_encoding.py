"""Long answers: the bytes of short ones, made piece by piece."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.execution import encoding
from gateway.execution.encoding import PIECE_BYTES, encode, encode_long
from gateway.execution.engine import LongList
from tests.support.looping import counted_turns
from upstream.turns import turns

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
KEYS = st.text(max_size=3)
ANSWERS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=40,
)


def lists_in(value: Any, found: list[LongList]) -> list[LongList]:
    """All lists of an answer, an outer one before those in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in items:
        if isinstance(each, list):
            found.append((value, key, each))
        if isinstance(each, list | dict):
            lists_in(each, found)
    return found


async def joined(answer: dict[str, Any], lists: list[LongList]) -> bytes:
    body = await encode_long(answer, lists)
    assert isinstance(body, tuple)
    return b"".join(body)


@given(st.dictionaries(KEYS, ANSWERS, max_size=4), st.randoms(use_true_random=False))
def test_the_bytes_are_those_of_one_go(answer: dict[str, Any], random: Any) -> None:
    expected = encode(answer)
    lists = [each for each in lists_in(answer, []) if random.random() < 0.7]
    assert asyncio.run(joined(answer, lists)) == expected


@given(
    st.lists(st.lists(st.text(max_size=3), max_size=80), max_size=300),
    st.integers(1, 3000),
)
def test_it_does_not_matter_where_pieces_end(lists: list[list[str]], piece_bytes: int) -> None:
    answer = {"data": {"outer": lists}}
    expected = encode(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "PIECE_BYTES", piece_bytes)
        assert asyncio.run(joined(answer, lists_in(answer, []))) == expected


async def test_text_with_the_byte_that_marks_a_hole_is_only_text() -> None:
    items = ["\0", "\x000\0", "\\u0000", "0"]
    answer = {"\x000\0": "\x000\0", "items": items, "after": items[:2]}
    expected = encode(answer)
    assert await joined(answer, [(answer, "items", items)]) == expected


async def test_a_list_that_an_error_has_put_null_for_is_left_out() -> None:
    items = [{"name": "a"}] * 60
    data = {"jobs": None, "others": items}
    expected = encode({"data": data})
    lists: list[LongList] = [(data, "jobs", [1] * 60), (data, "others", items)]
    assert await joined({"data": data}, lists) == expected


def jobs(count: int) -> dict[str, Any]:
    nodes = [{"id": number, "name": "n" * 500} for number in range(count)]
    return {"data": {"project": {"jobs": {"nodes": nodes}}}}


async def test_no_piece_is_much_longer_than_meant() -> None:
    answer = jobs(5000)
    body = await encode_long(answer, lists_in(answer, []))
    assert isinstance(body, tuple)
    sizes = [len(piece) for piece in body]
    assert sum(sizes) > 10 * PIECE_BYTES
    assert max(sizes) < 2 * PIECE_BYTES


async def test_others_have_their_turn_between_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "PIECE_SECONDS", 0.0)
    answer = jobs(5000)
    with counted_turns() as loop_turns:
        body = await encode_long(answer, lists_in(answer, []))
        assert loop_turns.now >= len(body)


async def test_a_long_answer_stands_in_line_with_other_heavy_work() -> None:
    answer = jobs(200)
    for _ in range(20):
        turns().soon(lambda: None)
    with counted_turns() as loop_turns:
        await encode_long(answer, lists_in(answer, []))
        assert loop_turns.now >= 20


async def test_what_is_encoded_is_let_go() -> None:
    answer = jobs(300)
    nodes = answer["data"]["project"]["jobs"]["nodes"]
    await encode_long(answer, lists_in(answer, []))
    assert nodes == [None] * 300


async def test_what_is_no_json_is_refused_as_in_one_go() -> None:
    items: list[Any] = [1] * 30 + ["\ud800"]
    with pytest.raises(orjson.JSONEncodeError):
        encode({"items": items})
    answer = {"items": items}
    with pytest.raises(orjson.JSONEncodeError):
        await encode_long(answer, [(answer, "items", items)])
