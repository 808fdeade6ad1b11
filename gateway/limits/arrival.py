"""How a request may arrive: the settings of gateway.http.protocol."""

from __future__ import annotations

HEAD_BYTES_SETTING = "GATEWAY_HEAD_BYTES"
HEAD_LINES_SETTING = "GATEWAY_HEAD_LINES"
HEAD_SECONDS_SETTING = "GATEWAY_HEAD_TIMEOUT"
BODY_SECONDS_SETTING = "GATEWAY_BODY_TIMEOUT"
