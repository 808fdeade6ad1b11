"""What of an answer is not GitLab's latest word, because GitLab could not be asked for it."""

from __future__ import annotations

import math
from typing import Any

from upstream.journal import Journal


def stale_answers(journal: Journal) -> list[dict[str, Any]]:
    """`extensions.stale`: for each route how many old answers were used, and the oldest's age."""
    found: dict[str, dict[str, Any]] = {}
    for call in journal.calls:
        if call.means != "stale":
            continue
        age = math.ceil(call.age or 0.0)
        entry = found.setdefault(call.route, {"route": call.route, "ageSeconds": 0, "answers": 0})
        entry["ageSeconds"] = max(entry["ageSeconds"], age)
        entry["answers"] += 1
    return list(found.values())
