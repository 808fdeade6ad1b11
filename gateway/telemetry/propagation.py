"""What goes along to GitLab, so that its logs and traces can be joined with those before it."""

from __future__ import annotations

import re

from gateway.http.head import Head
from upstream.journal import Headers

REQUEST_ID = "x-request-id"
TRACE_PARENT = "traceparent"
TRACE_STATE = "tracestate"

# W3C Trace Context, 3.2: ids are never all zero, and a later version may have more fields.
_IDS = rb"-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
_TRACE_PARENT = re.compile(rb"00%b|(?!00|ff)[0-9a-f]{2}%b(?:-[\x21-\x7e]{0,200})?" % (_IDS, _IDS))
_TRACE_STATE = re.compile(rb"[\x20-\x7e\t]{1,512}")


def request_id_of(head: Head) -> str:
    return head.request_id.decode("ascii")


def trace_of(head: Head) -> Headers:
    """The caller's trace context, as far as it is well-formed; empty where there is none."""
    parent = head.get(b"traceparent")
    if parent is None or not _TRACE_PARENT.fullmatch(parent):
        return ()
    along = ((TRACE_PARENT, parent.decode("ascii")),)
    state = head.get(b"tracestate")
    if state is None or not _TRACE_STATE.fullmatch(state):
        return along
    return (*along, (TRACE_STATE, state.decode("ascii")))


def trace_id_of(trace: Headers) -> str | None:
    return trace[0][1].split("-")[1] if trace else None
