"""The limits' values; 0 switches a limit off where nothing else is said."""

from __future__ import annotations

from dataclasses import dataclass, field

NO_BATCHES = 0


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What one query text may hold. docs/limits.md says how each is counted, and why so much."""

    characters: int = 50_000
    tokens: int = 2_000
    operations: int = 50
    depth: int = 20
    root_fields: int = 50
    fields: int = 2_000
    aliases: int = 100
    directives: int = 200
    directives_at_once: int = 5
    fragment_spreads: int = 200
    variables: int = 100
    comparisons: int = 5_000
    introspection_depth: int = 2
    introspection_values: int = 10_000


@dataclass(frozen=True, slots=True)
class VariableLimits:
    """What the variables of one operation may hold: bytes as JSON, values, levels of nesting."""

    json_bytes: int = 64 * 1024
    values: int = 2_000
    depth: int = 20


@dataclass(frozen=True, slots=True)
class ArrivalLimits:
    """How a request may come: bytes and lines of its head, seconds until head and body are there.

    0 seconds: as long as it takes.
    """

    head_bytes: int = 32 * 1024
    head_lines: int = 100
    head_seconds: float = 10.0
    body_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one HTTP request may bring; without `batch`, one operation and no list."""

    body_bytes: int = 1024 * 1024
    variables: VariableLimits = field(default_factory=VariableLimits)
    batch: int = NO_BATCHES
