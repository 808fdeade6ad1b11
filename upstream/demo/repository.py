"""Commits: each push makes a new one on its branch."""

from __future__ import annotations

import hashlib

from upstream.demo.records import Commit, Project, User
from upstream.demo.world import World

NO_SHA = "0" * 40

_TITLES = (
    "Keep the basket when a session expires",
    "Round prices after the discount",
    "Show delivery dates in the buyer's time zone",
    "Retry payment webhooks that time out",
    "Drop the old checkout form",
    "Cache the product list for a minute",
    "Explain why a voucher was refused",
    "Fix the search for words with umlauts: ü, ö, ä",
    "Let buyers change their address after ordering",
    "Update the image to Debian 13",
    "Speed up the stock import",
    "Make error pages readable on phones",
)
_BODIES = (
    "",
    "The tests missed it because they ran in UTC.",
    "Measured on last week's orders: 40 % fewer queries.",
)
_TRAILERS: tuple[dict[str, str], ...] = (
    {},
    {"Changelog": "fixed"},
    {"Changelog": "added", "Reviewed-by": "Mia Torres <mia@example.com>"},
)
_OFFSETS = (120, 0, -300, 330)


def push(world: World, project: Project, ref: str, author: User) -> Commit:
    """Put a new commit on top of `ref`, made some minutes before now."""
    parent = project.heads.get(ref) or project.heads.get("main")
    serial = len(project.commits) + project.next_iid
    dice = world.dice.roll("commit", project.id, ref, serial, world.now)
    authored = world.now - dice.uniform(60.0, 1800.0)
    digest = hashlib.sha1(  # noqa: S324 - Git's own kind of name, not a safeguard
        f"{project.id}/{ref}/{serial}/{dice.random()}".encode()
    )
    commit = Commit(
        sha=digest.hexdigest(),
        parent_sha=parent.sha if parent else None,
        title=dice.choice(_TITLES),
        body=dice.choice(_BODIES),
        author=author,
        authored_at=round(authored),
        committed_at=round(authored + dice.uniform(0.0, 50.0)),
        utc_offset_minutes=_OFFSETS[author.id % len(_OFFSETS)],
        additions=dice.randint(1, 240),
        deletions=dice.randint(0, 90),
        trailers=dice.choice(_TRAILERS),
    )
    project.commits[commit.sha] = commit
    project.heads[ref] = commit
    return commit


def find_commit(project: Project, name: str) -> Commit | None:
    """By branch or tag name, full sha, or a beginning of a sha of at least 7 digits."""
    if name in project.heads:
        return project.heads[name]
    sha = name.lower()
    if sha in project.commits:
        return project.commits[sha]
    shortest = 7
    if len(sha) < shortest:
        return None
    found = [one for key, one in project.commits.items() if key.startswith(sha)]
    return found[0] if len(found) == 1 else None
