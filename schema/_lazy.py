"""Types that refer to one another in a circle: looked up when the schema is built.

To the type checker they are Any, since the records behind them are no instances of the types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

if TYPE_CHECKING:
    LazyBridge = Any
    LazyCommit = Any
    LazyJob = Any
    LazyPipeline = Any
    LazyProject = Any
else:
    LazyBridge = Annotated["Bridge", strawberry.lazy("schema.bridge")]  # noqa: F821 - looked up later
    LazyCommit = Annotated["Commit", strawberry.lazy("schema.commit")]  # noqa: F821
    LazyJob = Annotated["Job", strawberry.lazy("schema.job")]  # noqa: F821
    LazyPipeline = Annotated["Pipeline", strawberry.lazy("schema.pipeline")]  # noqa: F821
    LazyProject = Annotated["Project", strawberry.lazy("schema.project")]  # noqa: F821
