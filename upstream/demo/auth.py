"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from upstream.demo.answers import ApiError, unauthorized
from upstream.demo.records import Build, Project, Role, User
from upstream.demo.tokens import JOB_TOKEN_PREFIX
from upstream.demo.world import World

TokenState = Literal["valid", "revoked", "expired"]
FULL_SCOPES = frozenset({"api"})
READ_SCOPES = frozenset({"api", "read_api"})

_STATE_TEXTS = {
    "revoked": "Token was revoked. You have to re-authorize from the user.",
    "expired": "Token is expired. You can either do re-authorization or token refresh.",
}


@dataclass(frozen=True, slots=True)
class Token:
    user: User
    scopes: frozenset[str] = FULL_SCOPES
    state: TokenState = "valid"


@dataclass(frozen=True, slots=True)
class Caller:
    """Nobody, a user, or a running job, which acts for its user."""

    user: User | None = None
    job: Build | None = None

    def require_user(self) -> User:
        if self.user is None:
            raise unauthorized()
        return self.user

    def role(self, project: Project) -> int:
        if self.user is None or (self.job and self.job.pipeline.project is not project):
            return 0
        return project.members.get(self.user.id, 0)

    def can_read(self, project: Project) -> bool:
        return project.visibility == "public" or self.role(project) >= Role.GUEST

    def can_read_builds(self, project: Project) -> bool:
        if project.public_builds:
            return self.can_read(project)
        return self.role(project) >= Role.REPORTER

    def can_update_builds(self, project: Project) -> bool:
        return self.role(project) >= Role.DEVELOPER

    def can_maintain(self, project: Project) -> bool:
        return self.role(project) >= Role.MAINTAINER

    def can_erase(self, job: Build) -> bool:
        """Developers erase their own jobs, and only where the branch is not protected."""
        project = job.pipeline.project
        if self.can_maintain(project):
            return True
        own = job.user is self.user and job.pipeline.ref not in project.protected
        return own and self.can_update_builds(project)

    def can_set_variables(self, project: Project) -> bool:
        return self.role(project) >= project.variables_role


@dataclass(frozen=True, slots=True)
class Presented:
    """The credentials in a request, by the place where GitLab looks for them."""

    private: str | None
    bearer: str | None
    job: str | None

    @classmethod
    def read(cls, headers: Mapping[str, str], params: Mapping[str, Any]) -> Presented:
        scheme, _, value = headers.get("authorization", "").partition(" ")
        bearer = value.strip() if scheme.lower() == "bearer" else None
        return cls(
            private=headers.get("private-token") or _text(params, "private_token"),
            bearer=bearer or _text(params, "access_token"),
            job=headers.get("job-token") or _text(params, "job_token"),
        )

    @property
    def kind(self) -> str | None:
        if self.private:
            return "private-token"
        if self.bearer:
            return "bearer"
        return "job-token" if self.job else None


def _text(params: Mapping[str, Any], name: str) -> str | None:
    value = params.get(name)
    return value if isinstance(value, str) and value else None


class Tokens:
    """The tokens that the demo knows; job tokens are known by the job that runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens: dict[str, Token] = {}

    def add(self, text: str, token: Token) -> None:
        self._tokens[text] = token

    def set_state(self, text: str, state: TokenState) -> None:
        self._tokens[text] = replace(self._tokens[text], state=state)

    def identify(self, presented: Presented, *, reads: bool, job_allowed: bool) -> Caller:
        """The caller; raises where a credential is given that does not hold.

        Where job tokens are not allowed GitLab does not even look at them.
        """
        job_text = presented.job
        if presented.bearer and presented.bearer.startswith(JOB_TOKEN_PREFIX):
            job_text = presented.bearer
        elif presented.private or presented.bearer:
            return self._user(presented.private or presented.bearer or "", reads=reads)
        if job_text is None or not job_allowed:
            return Caller()
        job = self._job(job_text)
        if job is None:
            raise unauthorized()
        return Caller(job.user, job)

    def peek(self, presented: Presented) -> str | None:
        """The user name behind the credentials, valid or not, for the record of calls."""
        token = self._tokens.get(presented.private or presented.bearer or "")
        if token is not None:
            return token.user.username
        job = self._job(presented.job or presented.bearer or "")
        return job.user.username if job else None

    def _user(self, text: str, *, reads: bool) -> Caller:
        token = self._tokens.get(text)
        if token is None:
            raise unauthorized()
        if token.state != "valid":
            error = {"error": "invalid_token", "error_description": _STATE_TEXTS[token.state]}
            challenge = f'Bearer realm="Protected by OAuth 2.0", error="{error["error"]}"'
            raise ApiError(401, error, {"www-authenticate": challenge})
        needed = READ_SCOPES if reads else FULL_SCOPES
        if not token.scopes & needed:
            raise ApiError(
                403,
                {
                    "error": "insufficient_scope",
                    "error_description": "The request requires higher privileges than provided "
                    "by the access token.",
                    "scope": " ".join(sorted(needed)),
                },
            )
        return Caller(token.user)

    def _job(self, text: str) -> Build | None:
        number = text.removeprefix(JOB_TOKEN_PREFIX)
        if number == text or not number.isdecimal():
            return None
        for project in self._world.projects.values():
            job = project.builds.get(int(number))
            if job is not None and job.status in ("running", "canceling"):
                return job
        return None
