"""When two engines agree: the same bytes, and no REST call more.

One thing the specification leaves open (https://spec.graphql.org/September2025/, 6.4.4): where two
required values fail below one nullable place, only one of them is told, and it does not say which.
graphql-core tells the one that fails first. That is the document's order as long as both fail at
once, or wait for the same call; where they wait for two calls it is the order in which GitLab
answers. Both engines are asked over the same order of answers, and so have to tell the same; but
an engine may send a call a turn of the event loop earlier than the other, which can tip a balance.
So before two answers are held to differ, graphql-core is asked again over other orders. Where it
always says the same, that alone is right. Where it does not, each error has to be one that it
tells over some order, and all else has to be the same.
"""

from __future__ import annotations

from typing import Any

import orjson

from gateway.execution.operation import Operation
from tests.gateway.execution.compiled.engines import Engines, ask, gitlab_of
from tests.gateway.execution.compiled.gitlab import Behaviour

OTHER_ORDERS = range(100, 120)


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
    if compiled.body != stock.body:
        others = [
            await ask(engines.stock, operation, gitlab_of(behaviour, order))
            for order in OTHER_ORDERS
        ]
        possible = [orjson.loads(each.body) for each in (stock, *others)]
        assert is_possible(orjson.loads(compiled.body), possible), difference
    assert compiled.calls <= stock.calls, difference


def is_possible(answer: dict[str, Any], possible: list[dict[str, Any]]) -> bool:
    """Whether an answer is like the possible ones in all that they have in common."""
    told = [error for each in possible for error in each["errors"]]
    return all(
        answer.get("data") == each.get("data") and nulls_of(answer) == nulls_of(each)
        for each in possible
    ) and all(error in told for error in answer["errors"])


def nulls_of(answer: dict[str, Any]) -> list[tuple[str | int, ...]]:
    """Where the nulls are that errors account for, one for each error."""
    data = answer.get("data")
    return sorted((_null_of(data, each.get("path", [])) for each in answer["errors"]), key=repr)


def _null_of(data: Any, path: list[str | int]) -> tuple[str | int, ...]:
    for depth, step in enumerate(path):
        if data is None:
            return tuple(path[:depth])
        data = data[step]
    return tuple(path)
