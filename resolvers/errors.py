"""What a resolver refuses by itself, before or instead of asking GitLab.

ResolverError
└── BadUserInput       an argument that cannot be served; the message says what would be right
    └── BadCursor      an `after` that this connection did not hand out
"""


class ResolverError(Exception):
    """Base of the tree; `message` is meant for the client."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadUserInput(ResolverError):
    """An argument that cannot be served."""


class BadCursor(BadUserInput):
    """A cursor that is malformed, or belongs to another field, project or filter."""
