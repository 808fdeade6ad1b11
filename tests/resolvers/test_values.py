from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers import values
from upstream.errors import InvalidResponse
from upstream.records import STATUSES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_a_known_status_stays(status: str) -> None:
    assert values.status(status) == status


@given(JSON)
def test_any_other_status_is_unknown_but_never_an_error(value: Any) -> None:
    shown = values.status(value)
    if value is None:
        assert shown is None
    elif isinstance(value, str) and value in STATUSES:
        assert shown == value
    else:
        assert shown == "unknown"


@pytest.mark.parametrize(
    ("sent", "shown"), [("68.49", 68.49), (68.49, 68.49), ("0", 0.0), (None, None)]
)
def test_a_number_may_come_as_text(sent: Any, shown: Any) -> None:
    assert values.number_from_text(sent) == shown


@pytest.mark.parametrize("sent", ["", "all of it", "68,49"])
def test_text_that_is_no_number_is_gitlabs_mistake(sent: str) -> None:
    with pytest.raises(InvalidResponse):
        values.number_from_text(sent)


@pytest.mark.parametrize(("sent", "shown"), [(None, []), ([], []), (["docker"], ["docker"])])
def test_a_list_is_never_null(sent: Any, shown: Any) -> None:
    assert values.items(sent) == shown
