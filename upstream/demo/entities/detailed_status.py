from __future__ import annotations

from typing import Any

from upstream.demo.records import Pipeline

_TEXTS = {
    "created": ("Created", "created"),
    "waiting_for_resource": ("Waiting", "waiting for resource"),
    "preparing": ("Preparing", "preparing"),
    "waiting_for_callback": ("Waiting", "waiting for callback"),
    "pending": ("Pending", "pending"),
    "running": ("Running", "running"),
    "success": ("Passed", "passed"),
    "failed": ("Failed", "failed"),
    "canceling": ("Canceling", "canceling"),
    "canceled": ("Canceled", "canceled"),
    "skipped": ("Skipped", "skipped"),
    "manual": ("Blocked", "waiting for manual action"),
    "scheduled": ("Scheduled", "scheduled"),
}


def detailed_status(pipeline: Pipeline, path: str) -> dict[str, Any]:
    """The status as GitLab's pages show it; success with failed optional jobs is a warning."""
    text, label = _TEXTS[pipeline.status]
    icon, group = f"status_{pipeline.status}", pipeline.status.replace("_", "-")
    failed = any(job.status == "failed" for job in pipeline.latest())
    if pipeline.status == "success" and failed:
        text, label = "Warning", "passed with warnings"
        icon, group = "status_warning", "success-with-warnings"
    return {
        "icon": icon,
        "text": text,
        "label": label,
        "group": group,
        "tooltip": label,
        "has_details": True,
        "details_path": path,
        "illustration": None,
        "favicon": f"/assets/ci_favicons/favicon_status_{pipeline.status}.png",
    }
