"""How long GitLab asks to be left alone: Retry-After, and the headers of its rate limiter.

Sources: RFC 9110 10.2.3; lib/gitlab/rack_attack.rb and lib/gitlab/middleware/rack_attack_headers.rb
of GitLab 18.9.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

LONGEST_WAIT_SECONDS = 86400.0  # what is asked for beyond a day is cut to it

_SECONDS = re.compile(r"[0-9]{1,18}")


def asked_wait(status: int, headers: Mapping[str, str]) -> float | None:
    """Seconds from now; None where nothing is asked for, or nothing that can be read."""
    wait = _retry_after(headers)
    if wait is None and status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = _limit_reset(headers)
    return None if wait is None else min(max(0.0, wait), LONGEST_WAIT_SECONDS)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    return _until(_moment(value), headers)


def _limit_reset(headers: Mapping[str, str]) -> float | None:
    """When the limiter before GitLab starts to count anew.

    A limit inside GitLab refuses calls, too, and does not show in these headers: where they say
    that there are calls left, they speak of something else.
    """
    if headers.get("ratelimit-remaining", "0").strip() != "0":
        return None
    reset = headers.get("ratelimit-reset", "").strip()
    moment = float(reset) if _SECONDS.fullmatch(reset) else None
    return _until(moment or _moment(headers.get("ratelimit-resettime", "")), headers)


def _until(moment: float | None, headers: Mapping[str, str]) -> float | None:
    if moment is None:
        return None
    # By GitLab's own clock, where it tells the time: ours may be minutes off.
    now = _moment(headers.get("date", ""))
    return moment - (time.time() if now is None else now)


def _moment(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
