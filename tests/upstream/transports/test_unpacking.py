from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.errors import InvalidResponse
from upstream.transports.unpacking import PIECE_BYTES, Gunzip, unpacker


def unpack(data: bytes, step: int) -> list[bytes]:
    gunzip = Gunzip()
    pieces = [
        piece
        for start in range(0, len(data), step)
        for piece in gunzip.feed(data[start : start + step])
    ]
    gunzip.finish()
    return pieces


@given(st.lists(st.binary(max_size=2000), max_size=3), st.integers(1, 500), st.integers(1, 300))
def test_any_bytes_come_back_in_pieces_of_any_size(
    members: list[bytes], times: int, step: int
) -> None:
    bodies = [member * times for member in members]
    pieces = unpack(b"".join(gzip.compress(body) for body in bodies), step)
    assert b"".join(pieces) == b"".join(bodies)
    assert all(0 < len(piece) <= PIECE_BYTES for piece in pieces)


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_cut_body_is_noticed(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    length = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(InvalidResponse, match="middle"):
        unpack(packed[:length], 64)


@given(st.binary(min_size=1, max_size=200))
def test_anything_else_is_refused_and_never_more_than_that(data: bytes) -> None:
    try:
        unpack(data, 7)
    except InvalidResponse:
        return
    assert gzip.decompress(data) is not None


@pytest.mark.parametrize("size", [PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
def test_nothing_is_lost_at_the_edge_of_a_piece(size: int) -> None:
    assert sum(map(len, unpack(gzip.compress(bytes(size)), 10_000))) == size


def test_padding_behind_the_last_member_is_passed_over() -> None:
    assert b"".join(unpack(gzip.compress(b"log") + bytes(64), 1000)) == b"log"


def test_a_body_of_no_bytes_is_empty() -> None:
    assert unpack(b"", 10) == []


@pytest.mark.parametrize("encoding", [None, "", "identity", " Identity "])
def test_a_plain_body_needs_no_unpacking(encoding: str | None) -> None:
    assert unpacker(encoding) is None


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP "])
def test_gzip_goes_by_several_names(encoding: str) -> None:
    assert isinstance(unpacker(encoding), Gunzip)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(InvalidResponse, match="not asked for"):
        unpacker(encoding)
