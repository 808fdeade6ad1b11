"""Why a REST call cannot be translated. No message repeats what could be a secret."""

from __future__ import annotations

NOTHING_FOUND = "no REST call was found: give a curl command line, a URL or an HTTP request"


class Untranslatable(Exception):
    """`reason` says what stands in the way, `nearest` what comes closest to it, if anything."""

    def __init__(self, reason: str, nearest: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.nearest = nearest


class Unreadable(Untranslatable):
    """The text is no REST call, or one of a form that is not known here."""
