"""Global ids: opaque text that names one object of one GitLab, and carries all that REST needs.

Every REST route needs the project, and a bridge is only ever found through its pipeline; so an id
holds the type, the project and the number, and for a bridge its pipeline:

    Job:<project>:<pipeline>:<number>       Bridge:<project>:<pipeline>:<number>
    Pipeline:<project>:<number>             Commit:<project>:<sha>

in URL-safe base64. The project is GitLab's number wherever the payload tells it, so that an object
has one id however it was reached; otherwise it is what the caller gave. A job's id tells its
pipeline because several jobs of one pipeline can be had by one call. Without it,
`Job:<project>:<number>` names the same job; such ids are made where GitLab does not tell the
pipeline, and earlier versions made no others.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Literal, NamedTuple, cast

from resolvers.errors import BadUserInput

TypeName = Literal["Job", "Bridge", "Pipeline", "Commit"]

_PARTS = {"Job": (3, 4), "Pipeline": (3,), "Commit": (3,), "Bridge": (4,)}
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_GITLAB_GID = re.compile(r"gid://gitlab/Ci::(?:Build|Bridge|Pipeline)/([1-9][0-9]{0,18})")


class GlobalId(NamedTuple):
    """`number` is a job's or pipeline's number as text, or a commit's sha.

    `pipeline` is that of a bridge, or of a job where it is known.
    """

    type_name: TypeName
    project: str
    number: str
    pipeline: str = ""

    def __str__(self) -> str:
        parts = (self.project, self.pipeline, self.number) if self.pipeline else self[1:3]
        return global_id(self.type_name, *parts)


def global_id(type_name: TypeName, *parts: object) -> str:
    """The global id of the object that the parts name."""
    text = ":".join(map(str, (type_name, *parts)))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_global_id(text: str) -> GlobalId | None:
    """The parts of a global id, or None where the text is none of ours."""
    try:
        padded = text + "=" * (-len(text) % 4)
        decoded = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return None
    parts = decoded.split(":")
    if len(parts) not in _PARTS.get(parts[0], ()) or not all(parts):
        return None
    type_name = cast("TypeName", parts[0])
    numbers = parts[2:]
    if type_name != "Commit" and not all(_NUMBER.fullmatch(number) for number in numbers):
        return None
    parsed = GlobalId(type_name, parts[1], numbers[-1], numbers[0] if len(numbers) > 1 else "")
    return parsed if str(parsed) == text.rstrip("=") else None


def require_global_id(text: str, argument: str = "id") -> GlobalId:
    """The parts of a global id; anything else is refused by name of the argument."""
    parsed = parse_global_id(text)
    if parsed is None:
        raise BadUserInput(
            f"{argument}: {_shown(text)} is not a global id; take it from an object's `id` field"
        )
    return parsed


def locate(project_id: str | None, id: str, *types: TypeName) -> GlobalId:
    """What `projectId` and `id` name: REST's number with its project, or a global id alone.

    The first of `types` is what a bare number stands for. GitLab's own `gid://gitlab/Ci::Build/7`
    counts as the number in it.
    """
    gid = _GITLAB_GID.fullmatch(id)
    number = gid.group(1) if gid else id
    if _NUMBER.fullmatch(number):
        if project_id is None:
            raise BadUserInput(
                f"id: the number {number} needs `projectId` beside it; or give a global id alone"
            )
        return GlobalId(types[0], project_id, number)
    parsed = parse_global_id(id)
    if parsed is None:
        raise BadUserInput(
            f"id: {_shown(id)} is neither a number of GitLab nor a global id of this API"
        )
    if parsed.type_name not in types:
        wanted = " or ".join(types)
        raise BadUserInput(f"id: this global id names a {parsed.type_name}; wanted is a {wanted}")
    if project_id is not None:
        raise BadUserInput(
            "projectId: leave it out where `id` is a global id, which carries its project"
        )
    return parsed


def _shown(text: str) -> str:
    return repr(text if len(text) <= 64 else f"{text[:61]}...")  # noqa: PLR2004 - for the eye only
