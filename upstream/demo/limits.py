"""The rate limit that GitLab tells about on every answer."""

from __future__ import annotations

PERIOD_SECONDS = 60
PER_PERIOD = 2_000


class RateLimit:
    """Counts requests per caller and minute for the headers; it never refuses anything."""

    def __init__(self) -> None:
        self._period = 0
        self._seen: dict[str, int] = {}

    def headers(self, caller: str | None, now: float) -> dict[str, str]:
        period = int(now) // PERIOD_SECONDS
        if period != self._period:
            self._period = period
            self._seen.clear()
        observed = self._seen[caller or ""] = self._seen.get(caller or "", 0) + 1
        kind = "authenticated" if caller else "unauthenticated"
        return {
            "ratelimit-limit": str(PER_PERIOD),
            "ratelimit-name": f"throttle_{kind}_api",
            "ratelimit-observed": str(observed),
            "ratelimit-remaining": str(max(0, PER_PERIOD - observed)),
            "ratelimit-reset": str((period + 1) * PERIOD_SECONDS),
        }
