from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator

import pytest

from gateway.telemetry.sink import Sink


class Pipe:
    """Its writing end is for a sink; whoever reads may be slow."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self._open = {self.reading, self.writing}

    def read_all(self) -> bytes:
        """What comes until the writing end is closed."""
        self.close(self.writing)
        parts = []
        while part := os.read(self.reading, 1 << 16):
            parts.append(part)
        return b"".join(parts)

    def close(self, end: int) -> None:
        if end in self._open:
            self._open.remove(end)
            os.close(end)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    for end in (pipe.reading, pipe.writing):
        pipe.close(end)


def notice(lost: int) -> bytes:
    return b"lost %d\n" % lost


def test_lines_come_out_whole_and_in_order(pipe: Pipe) -> None:
    sink = Sink(pipe.writing, notice)
    lines = [b"line %d\n" % number for number in range(500)]
    for line in lines:
        sink.write(line)
    sink.close()
    assert pipe.read_all() == b"".join(lines)
    assert sink.dropped == 0


def test_lines_of_several_threads_are_not_mixed(pipe: Pipe) -> None:
    sink = Sink(pipe.writing, notice)

    def write(name: str) -> None:
        for number in range(100):
            sink.write(f"{name} {number}\n".encode())

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.close()
    lines = pipe.read_all().decode().splitlines()
    for name in "abcd":
        assert [line for line in lines if line.startswith(name)] == [
            f"{name} {number}" for number in range(100)
        ]


def test_a_line_comes_without_a_close(pipe: Pipe) -> None:
    sink = Sink(pipe.writing, notice)
    for line in (b"one\n", b"two\n"):
        sink.write(line)
        assert os.read(pipe.reading, 100) == line
    sink.close()


def test_nobody_waits_for_a_reader_that_does_not_read(pipe: Pipe) -> None:
    sink = Sink(pipe.writing, notice, max_bytes=100_000)
    line = b"x" * 999 + b"\n"
    for _ in range(1000):  # a pipe takes some 65 of them
        sink.write(line)
    assert sink.dropped > 500
    kept = 1000 - sink.dropped
    parts = b""
    while b"lost" not in parts:
        parts += os.read(pipe.reading, 1 << 16)
    sink.close()
    assert parts.count(b"x\n") == kept
    assert parts.endswith(notice(sink.dropped))


def test_lines_written_together_are_dropped_together(pipe: Pipe) -> None:
    sink = Sink(pipe.writing, notice, max_bytes=100_000)
    sink.write(b"x" * 200_000)  # more than the pipe takes, so it stays in the way
    sink.write(b"a\nb\nc\n", 3)
    assert sink.dropped == 3
    assert len(os.read(pipe.reading, 1 << 16)) > 0
    pipe.close(pipe.reading)
    sink.close()


def test_a_close_does_not_wait_for_ever(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.telemetry.sink.CLOSE_SECONDS", 0.05)
    sink = Sink(pipe.writing, notice)
    sink.write(b"x" * 1_000_000)
    sink.close()
    assert b"x" in pipe.read_all()


def test_a_reader_that_has_gone_is_nobodys_trouble(pipe: Pipe) -> None:
    pipe.close(pipe.reading)
    sink = Sink(pipe.writing, notice)
    sink.write(b"line\n")
    sink.close()
    sink.write(b"line\n")


def test_a_descriptor_that_does_not_block_is_waited_for(pipe: Pipe) -> None:
    flags = fcntl.fcntl(pipe.writing, fcntl.F_GETFL)
    fcntl.fcntl(pipe.writing, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    sink = Sink(pipe.writing, notice)
    size = 300_000
    sink.write(b"x" * size)
    received = b""
    while len(received) < size:
        received += os.read(pipe.reading, 1 << 16)
    sink.close()
    assert received == b"x" * size
