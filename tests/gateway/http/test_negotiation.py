from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.negotiation import MediaType, negotiate

GRAPHQL, JSON, HTML = MediaType.GRAPHQL, MediaType.JSON, MediaType.HTML
CHROMIUM = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        (b"", JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/json", JSON),
        (b"APPLICATION/JSON; charset=UTF-8", JSON),
        (b"application/graphql-response+json", GRAPHQL),
        (b"application/graphql-response+json;charset=utf-8", GRAPHQL),
        (b"application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        (b"application/json;q=0.9,application/graphql-response+json", GRAPHQL),
        (b"application/json, application/graphql-response+json;q=0.9", JSON),
        (b"application/graphql-response+json, */*", GRAPHQL),
        (b"application/json;q=0, */*", GRAPHQL),
        (b"application/json;q=0", None),
        (b"text/html", None),
        (b"text/plain", None),
        (b"application/json;charset=latin1", None),
        (b"application/json;q=high", None),
        (b"application/json;q=2", None),
        (b"application/graphql+json", None),
        (b"text/event-stream, application/json;q=0.1", JSON),
        (b"x" * 5000, None),
    ],
)
def test_the_clients_preference_decides(accept: bytes | None, chosen: MediaType | None) -> None:
    assert negotiate(accept) is chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (CHROMIUM, HTML),
        (b"text/html", HTML),
        (b"*/*", JSON),
        (b"application/json, text/html;q=0.5", JSON),
        (b"text/*", None),
        (None, JSON),
    ],
)
def test_a_page_goes_only_to_those_who_name_it(
    accept: bytes | None, chosen: MediaType | None
) -> None:
    assert negotiate(accept, html=True) is chosen


@given(st.binary(max_size=80))
def test_any_bytes_lead_to_a_decision(accept: bytes) -> None:
    assert negotiate(accept) in {GRAPHQL, JSON, None}
