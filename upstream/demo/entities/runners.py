from __future__ import annotations

from typing import Any

from upstream.demo.cast import MIA
from upstream.demo.entities.users import user_basic
from upstream.demo.entities.view import View, timestamp
from upstream.demo.records import Runner

_CONTACT_SECONDS = 5.0  # how often a runner reports


def runner(machine: Runner, view: View) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "id": machine.id,
        "description": machine.description,
        "ip_address": None,
        "active": True,
        "paused": False,
        "is_shared": machine.runner_type == "instance_type",
        "runner_type": machine.runner_type,
        "name": "gitlab-runner",
        "online": True,
    }
    if view.runner_details:
        payload["created_by"] = user_basic(view.world.users[MIA], view)
    return payload | {
        "created_at": timestamp(machine.created_at),
        "status": "online",
        "job_execution_status": "active",
    }


def runner_manager(machine: Runner, view: View) -> dict[str, Any]:
    return {
        "id": 1_000 + machine.id,
        "system_id": f"s_{machine.revision}{machine.id:04x}",
        "version": machine.version,
        "revision": machine.revision,
        "platform": "linux",
        "architecture": "amd64",
        "created_at": timestamp(machine.created_at),
        "contacted_at": timestamp(view.now // _CONTACT_SECONDS * _CONTACT_SECONDS),
        "ip_address": "192.0.2.11",
        "status": "online",
        "job_execution_status": "active",
    }
