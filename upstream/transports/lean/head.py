"""An answer's headers, out of the parser's bytes at little cost."""

from __future__ import annotations

from collections.abc import Sequence

HEAD_BYTES = 128 * 1024  # a Link header repeats the request's parameters four times
HEADER_LINES = 256


def headers_of(names: Sequence[bytes], values: Sequence[bytes]) -> dict[str, str]:
    """Names in lower case; repeats joined by ", "."""
    # The parser lets no line end through, so all can be decoded at once and taken apart again.
    keys = b"\n".join(names).decode("latin-1").lower().split("\n")
    texts = b"\n".join(values).decode("latin-1").split("\n")
    headers = dict(zip(keys, texts, strict=True))
    if len(headers) < len(keys):
        headers.clear()
        for key, text in zip(keys, texts, strict=True):
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def fits(names: Sequence[bytes], values: Sequence[bytes], fed: int) -> bool:
    """Whether a head is within its bounds; `fed` bytes came, of which it is a part."""
    if len(names) > HEADER_LINES:
        return False
    return fed <= HEAD_BYTES or sum(map(len, names)) + sum(map(len, values)) <= HEAD_BYTES
