"""When two engines agree: the same bytes, and no REST call more.

The specification lets an engine choose which of several required siblings it tells of when more
than one fails (https://spec.graphql.org/September2025/, 6.4.4). Nothing is made of that freedom
here. In this schema the required siblings of an object wait for one and the same call, if for any,
so graphql-core's choice does not hang on the order in which GitLab answers: it has one answer, and
that is the right one. Should a new field change this, its examples will fail by turns.
"""

from __future__ import annotations

from gateway.execution.operation import Operation
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of
from tests.gateway.execution.compiled.gitlab import Behaviour


async def assert_agreement(
    engines: Engines, operation: Operation, behaviour: Behaviour, schedule: int
) -> None:
    stock = await ask(engines.stock, operation, gitlab_of(behaviour, schedule))
    compiled = await ask(engines.compiled, operation, gitlab_of(behaviour, schedule))
    difference = f"""
        operation {operation.document.text}
        variables {operation.variables}
        over      {behaviour}, schedule {schedule}
        stock     {stock.body.decode()}
        compiled  {compiled.body.decode()}
        calls     {dict(stock.calls)}
        too many  {dict(compiled.calls - stock.calls)}
    """
    assert compiled.body == stock.body, difference
    assert compiled.calls <= stock.calls, difference
