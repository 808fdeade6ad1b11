"""HTTP/1.1 to GitLab with little work per call: asyncio's protocols, httptools, and no more.

    LeanTransport     the seam's methods; repeats a GET that met a connection just closed
    ├── Origin        scheme, host and port; puts a request into bytes
    ├── Pool          one for each origin: bounded, newest idle connection first, a fair line
    │   └── dial      names, addresses, TLS
    └── Connection    one socket: deadlines, backpressure, one exchange after the other
        └── Exchange  one answer as it is parsed

It knows no proxies.
"""

from __future__ import annotations

from upstream.transports.lean.transport import LeanTransport

__all__ = ["LeanTransport"]
