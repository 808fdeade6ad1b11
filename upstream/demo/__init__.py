"""A GitLab to try things on: the CI part of its REST API over a small living world.

`DemoGitLab().app` is an ASGI application. Ids that are always there stand in `examples`,
effects for `demo.faults` in `effects`.
"""

from __future__ import annotations

from upstream.demo.clock import Clock, ManualClock, SystemClock
from upstream.demo.faults import Fault
from upstream.demo.gitlab import DemoGitLab
from upstream.demo.records import Role
from upstream.demo.tokens import (
    DEVELOPER_TOKEN,
    MAINTAINER_TOKEN,
    OUTSIDER_TOKEN,
    REPORTER_TOKEN,
)

__all__ = [
    "DEVELOPER_TOKEN",
    "MAINTAINER_TOKEN",
    "OUTSIDER_TOKEN",
    "REPORTER_TOKEN",
    "Clock",
    "DemoGitLab",
    "Fault",
    "ManualClock",
    "Role",
    "SystemClock",
]
