"""Bodies taken out of gzip under a bound: a few kilobytes can hold gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

from upstream.errors import InvalidResponse

PIECE_BYTES = 64 * 1024  # the most that one step of unpacking gives
_GZIP = 16 + zlib.MAX_WBITS


class Unpacker(Protocol):
    """`feed` gives what a part of the body holds, bit by bit; `finish` checks that it was all."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None: ...


def unpacker(encoding: str | None) -> Unpacker | None:
    """What undoes a Content-Encoding, None where nothing is to be done.

    Only gzip is ever asked for; raises InvalidResponse for all else.
    """
    if encoding is None:
        return None
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip"):
        return Gunzip()
    raise InvalidResponse("GitLab's answer is packed in a way that was not asked for")


class Gunzip:
    """Never holds more than PIECE_BYTES of what it has unpacked."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = self._fed or bool(data)
        try:
            yield from self._unpack(data)
        except zlib.error:
            raise InvalidResponse("GitLab's answer is not the gzip that it is said to be") from None

    def finish(self) -> None:
        if self._fed and not self._member.eof:
            raise InvalidResponse("GitLab's answer ends in the middle of its gzip")

    def _unpack(self, data: bytes) -> Iterator[bytes]:
        full = False
        while data or full:
            if self._member.eof:
                if not data.startswith(b"\x1f"):
                    return  # padding after the last member, which RFC 1952 leaves to the reader
                self._member = zlib.decompressobj(_GZIP)
            piece = self._member.decompress(data, PIECE_BYTES)
            full = len(piece) == PIECE_BYTES and not self._member.eof
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if piece:
                yield piece
