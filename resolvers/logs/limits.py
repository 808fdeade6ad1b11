"""How much of a job's log is read, kept and answered. Docs: docs/logs.md."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

DEFAULT_LOG_BYTES = 128 * MIB  # GitLab's own default cap is 100 MB for one log
DEFAULT_TEXT_BYTES = 10 * MIB
DEFAULT_PAGE_BYTES = 4 * MIB
DEFAULT_LINE_BYTES = 128 * KIB
DEFAULT_MEMORY_BYTES = 1 * MIB

BLOCK_BYTES = 16 * KIB  # parsed at one go: half a millisecond, then the event loop goes round

DEFAULT_FIRST = 100
MAX_LINES = 1000  # of one page
MAX_TAIL = 10_000
LOGS_OF_A_REQUEST = 4  # of full length; shorter ones as many as fit in


@dataclass(frozen=True, slots=True)
class LogLimits:
    """The bounds of a request's logs, all in bytes.

    `log_bytes` of one log are read from GitLab at most, and LOGS_OF_A_REQUEST times as much of all
    logs of one request; of these, `memory_bytes` stay in memory, the rest is in a temporary file.
    `text_bytes` of log text are in one answer at most, `page_bytes` in one page of lines.
    A line longer than `line_bytes` is handled in pieces of that length.
    """

    log_bytes: int = DEFAULT_LOG_BYTES
    text_bytes: int = DEFAULT_TEXT_BYTES
    page_bytes: int = DEFAULT_PAGE_BYTES
    line_bytes: int = DEFAULT_LINE_BYTES
    memory_bytes: int = DEFAULT_MEMORY_BYTES

    @property
    def request_bytes(self) -> int:
        return LOGS_OF_A_REQUEST * self.log_bytes


def megabytes(count: int) -> str:
    """A byte limit as people write it: `128 MiB`, `1.5 MiB`, `900 bytes`."""
    return f"{count / MIB:.4g} MiB" if count >= MIB else f"{count} bytes"
