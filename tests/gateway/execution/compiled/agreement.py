"""When two engines agree: the same bytes, and no REST call more.

The specification leaves open which errors are told where several required siblings fail, and lets
an engine stop the others once one has failed (https://spec.graphql.org/September2025/, 6.4.4). Of
siblings that wait for different calls, graphql-core tells the one whose answer comes first, which
is a matter of GitLab's mood and not of the engine. So before two answers are held to differ,
graphql-core itself is asked again with the answers in other orders. Where it always says the same,
that is the only right answer; where it does not, the other engine's answer has to be one that a
different order would have given.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from gateway.execution.operation import Operation
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of
from tests.gateway.execution.compiled.gitlab import Behaviour

ORDERS = range(1, 25)


async def assert_agreement(
    engines: Engines, operation: Operation, behaviour: Behaviour, schedule: int
) -> None:
    stock = await ask(engines.stock, operation, gitlab_of(behaviour, schedule))
    compiled = await ask(engines.compiled, operation, gitlab_of(behaviour, schedule))
    if compiled.body == stock.body and compiled.calls <= stock.calls:
        return
    possible = [stock] + [
        await ask(engines.stock, operation, gitlab_of(behaviour, order)) for order in ORDERS
    ]
    calls: Counter[str] = Counter()
    for each in possible:
        calls |= each.calls
    difference = f"""
        operation {operation.document.text}
        variables {operation.variables}
        over      {behaviour}, schedule {schedule}
        stock     {stock.body.decode()}
        compiled  {compiled.body.decode()}
        calls too many: {list(compiled.calls - calls)}
    """
    assert _is_possible(compiled.body, {each.body for each in possible}), difference
    assert not compiled.calls - calls, difference


def _is_possible(body: bytes, possible: set[bytes]) -> bool:
    """One answer is the only right one; of several, nulls and their errors have to be the same."""
    if len(possible) == 1:
        return body in possible
    answer, others = orjson.loads(body), [orjson.loads(each) for each in possible]
    told = {orjson.dumps(error) for each in others for error in each["errors"]}
    return (
        all(each["data"] == answer["data"] for each in others)
        and {orjson.dumps(error) for error in answer["errors"]} <= told
        and all(_nulls(each) == _nulls(answer) for each in others)
    )


def _nulls(answer: dict[str, Any]) -> set[tuple[str | int, ...]]:
    """Where the nulls are that errors account for."""
    found = set()
    for error in answer["errors"]:
        value, place = answer["data"], []
        for step in error.get("path", ()):
            if value is None:
                break
            value = value[step]
            place.append(step)
        found.add(tuple(place))
    return found
