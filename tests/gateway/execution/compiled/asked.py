"""Arguments worth asking with: what names something, what does not, and what is out of bounds."""

from __future__ import annotations

from collections.abc import Mapping

from resolvers.ids import GlobalId
from resolvers.pagination import Binding
from tests.support.operation_inputs import Values

PROJECTS = Values(("1", "demo/shop", "demo%2Fshop", "2"), ("", "..", "a b", "é/x"))
GLOBAL_IDS = Values(
    (
        str(GlobalId("Job", "1", "7")),
        str(GlobalId("Bridge", "1", "90", "2")),
        str(GlobalId("Pipeline", "1", "2")),
        str(GlobalId("Commit", "1", f"{2:040x}")),
        str(GlobalId("Job", "demo/shop", "8")),
        str(GlobalId("Bridge", "1", "90", "3")),
    ),
    ("Sm9iOjE6", "7", ""),
)
NUMBERS = Values(("1", "2", "7", "gid://gitlab/Ci::Build/7", 3), ("0", "-1", "9" * 19, "x"))
LOCATIONS = Values((*NUMBERS.usual, GLOBAL_IDS.usual[0]), (*NUMBERS.odd, *GLOBAL_IDS.usual))
FIRST = Values((2, 1, 3, 20, 100, 101, 500), (0, -1, 501, 2**31 - 1))
CURSORS = Values(
    (
        Binding("Project.jobs", "1", ()).cursor(90),
        Binding("Project.pipelines", "1", *[None] * 7).cursor(3),
        Binding("Pipeline.jobs", "1", 2, (), False).cursor(0),  # noqa: FBT003 - as it is bound
        Binding("Pipeline.bridges", "1", 2, ()).cursor(1),
    ),
    ("nonsense", "", "Ünsinn"),
)
LINES = Values((2, 1, 100, 5), (0, -1, 1001))

VALUES: Mapping[str, Values] = {
    "Query.node.id": GLOBAL_IDS,
    "Query.nodes.ids": GLOBAL_IDS,
    "Query.project.id": PROJECTS,
    "Query.job.id": LOCATIONS,
    "Query.job.projectId": PROJECTS,
    "Query.pipeline.id": LOCATIONS,
    "Query.pipeline.projectId": PROJECTS,
    "Project.job.id": NUMBERS,
    "Project.pipeline.id": NUMBERS,
    "Project.commit.sha": Values(("main", f"{1:040x}", "feature/x"), ("", "a b")),
    "Project.jobs.first": FIRST,
    "Project.jobs.after": CURSORS,
    "Project.pipelines.first": FIRST,
    "Project.pipelines.after": CURSORS,
    "Pipeline.jobs.first": FIRST,
    "Pipeline.jobs.after": CURSORS,
    "Pipeline.bridges.first": FIRST,
    "Pipeline.bridges.after": CURSORS,
    "JobLog.lines.first": LINES,
    "JobLog.lines.last": LINES,
    "JobLog.text.tail": LINES,
    "JobLog.lines.search": Values(("e", "GREEN", "\n")),
    "CancelJobInput.projectId": PROJECTS,
    "RetryJobInput.projectId": PROJECTS,
    "EraseJobInput.projectId": PROJECTS,
    "PlayJobInput.projectId": PROJECTS,
    "CancelJobInput.id": LOCATIONS,
    "RetryJobInput.id": LOCATIONS,
    "EraseJobInput.id": LOCATIONS,
    "PlayJobInput.id": LOCATIONS,
    "ID": NUMBERS,
    "String": Values(("main", "", "a b", 'é"\\'), ()),
    "Int": Values((2, 0, 12, -2)),
    "Boolean": Values((True, False)),
    "DateTime": Values(("2026-02-13", "2026-02-13T10:00:00Z")),
    "JSON": Values(({}, {"a": 1}, {"a": [None, True, {"b": "v"}]}), ("v", [1], 2, False)),
}
