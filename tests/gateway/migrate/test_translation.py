"""What each spelling means in GraphQL, and that the operation is one that the schema takes."""

from __future__ import annotations

import pytest

from gateway.migrate.reading import read_call
from gateway.migrate.routes import ROUTES
from gateway.migrate.translation import translate
from tests.gateway.migrate.spellings import SPELLINGS, Spelling


@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling.name)
def test_a_call_as_people_have_it_is_translated(spelling: Spelling) -> None:
    translation = translate(read_call(spelling.text))
    assert translation.operation.name == spelling.operation
    assert translation.variables == spelling.variables


def test_there_are_many_spellings_and_each_route_has_one() -> None:
    assert len({spelling.text for spelling in SPELLINGS}) >= 60
    assert {spelling.operation for spelling in SPELLINGS} == {route.operation for route in ROUTES}
