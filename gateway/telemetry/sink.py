"""Where log lines go: a file descriptor, written to by a thread of its own.

A write waits as long as whoever reads is behind, and all requests would wait with it. So lines are
put down here at once and written together, some twenty times a second at most; beyond a bound they
are dropped, and counted.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Callable

PAUSE_SECONDS = 0.05  # between two writes: lines that come meanwhile go out together
MAX_BYTES = 4 * 1024 * 1024  # waiting to be written
CLOSE_SECONDS = 2.0  # that whoever reads has to take the rest


class Sink:
    """Lines of bytes, each with its line end; any thread may write.

    `dropped` counts the lines that were lost. `notice` makes the line that tells how many, once
    there is room again. The descriptor stays its owner's to close.
    """

    def __init__(
        self, descriptor: int, notice: Callable[[int], bytes], *, max_bytes: int = MAX_BYTES
    ) -> None:
        self.dropped = 0
        self._descriptor = descriptor
        self._notice = notice
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self._bytes = 0  # in `_lines`, and on their way out
        self._filled = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, lines: bytes, count: int = 1) -> None:
        with self._lock:
            if self._bytes > self._max_bytes:
                self.dropped += count
                return
            self._bytes += len(lines)
            self._lines.append(lines)
        if not self._filled.is_set():
            self._filled.set()

    def close(self) -> None:
        """Returns once all is written, or whoever reads has had time enough."""
        self._closing.set()
        self._filled.set()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        told = 0
        # Of a reader that has gone nobody could be told.
        with contextlib.suppress(OSError):
            while not self._closing.is_set():
                self._filled.wait()
                self._closing.wait(PAUSE_SECONDS)
                self._filled.clear()  # first: a line that comes while these go out sets it again
                self._write_all()
                if self.dropped > told:
                    lost, told = self.dropped - told, self.dropped
                    self.write(self._notice(lost))
            self._write_all()

    def _write_all(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
        block = memoryview(b"".join(lines))
        size = len(block)
        while block:
            try:
                block = block[os.write(self._descriptor, block) :]
            except BlockingIOError:  # whoever started this process may have made it non-blocking
                select.select([], [self._descriptor], [])
        with self._lock:
            self._bytes -= size
