from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.logs import LogLimits
from resolvers.logs.spool import Spool, SpooledLog
from upstream.errors import ResponseTooLarge

MIB = 1024 * 1024


def everything(log: SpooledLog, length: int = 7) -> bytes:
    data = b""
    while block := log.read(len(data), length):
        assert len(block) <= length
        data += block
    return data


@given(st.lists(st.tuples(st.integers(0, 2), st.binary(min_size=1, max_size=9)), max_size=30))
def test_logs_written_in_turns_are_read_apart(writes: list[tuple[int, bytes]]) -> None:
    spool = Spool(LogLimits(memory_bytes=20))
    logs = [SpooledLog(spool) for _ in range(3)]
    expected = [b"", b"", b""]
    for index, data in writes:
        logs[index].append(data)
        expected[index] += data
    assert [everything(log) for log in logs] == expected
    assert [log.size for log in logs] == [len(data) for data in expected]
    spool.close()


def test_reading_while_a_neighbour_is_written() -> None:
    spool = Spool(LogLimits(memory_bytes=1))
    one, two = SpooledLog(spool), SpooledLog(spool)
    one.append(b"abc")
    assert one.read(1, 10) == b"bc"
    two.append(b"xyz")
    one.append(b"def")
    assert everything(one, 2) == b"abcdef"
    assert one.read(6, 10) == b""
    spool.close()


def test_one_log_is_bounded() -> None:
    spool = Spool(LogLimits(log_bytes=MIB))
    log = SpooledLog(spool)
    log.append(b"x" * MIB)
    with pytest.raises(ResponseTooLarge, match=r"more than 1 MiB.*GATEWAY_LOG_BYTES"):
        log.append(b"x")
    spool.close()


def test_all_logs_of_a_request_are_bounded() -> None:
    spool = Spool(LogLimits(log_bytes=100))
    for _ in range(5):
        SpooledLog(spool).append(b"x" * 80)
    with pytest.raises(ResponseTooLarge, match="400 bytes together, 4 times GATEWAY_LOG_BYTES"):
        SpooledLog(spool).append(b"x" * 80)
    spool.close()


def test_more_than_the_memory_share_lies_in_a_file() -> None:
    spool = Spool(LogLimits(memory_bytes=100))
    log = SpooledLog(spool)
    log.append(b"x" * 100)
    assert not vars(spool._file)["_rolled"]
    log.append(b"y")
    assert vars(spool._file)["_rolled"]
    assert everything(log, 64) == b"x" * 100 + b"y"
    spool.close()
