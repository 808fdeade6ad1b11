from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from upstream.demo.entities.view import View, timestamp
from upstream.demo.records import User


def user_basic(user: User, view: View) -> dict[str, Any]:
    digest = hashlib.sha256(f"{user.username}@example.com".encode()).hexdigest()
    return {
        "id": user.id,
        "username": user.username,
        "public_email": "" if user.bot else f"{user.username}@example.com",
        "name": user.name,
        "state": "active",
        "locked": False,
        "avatar_url": f"https://www.gravatar.com/avatar/{digest}?s=80&d=identicon",
        "web_url": f"{view.base_url}/{user.username}",
    }


def user_full(user: User, view: View) -> dict[str, Any]:
    """The user of a job; `local_time` changes every minute."""
    local = dt.datetime.fromtimestamp(view.now, tz=dt.UTC)
    return {
        **user_basic(user, view),
        "created_at": timestamp(user.created_at),
        "bio": "",
        "location": user.location or "",
        "linkedin": "",
        "twitter": "",
        "discord": "",
        "website_url": "",
        "github": "",
        "job_title": user.job_title,
        "pronouns": None,
        "organization": None,
        "bot": user.bot,
        "work_information": user.job_title or None,
        "followers": 0,
        "following": 0,
        "is_followed": False,
        "local_time": local.strftime("%-I:%M %p"),
    }
