from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstream.errors import InvalidResponse
from upstream.redirects import Place, follow, place_of

HERE = Place("https://gitlab.example.com", "/api/v4/projects/1/jobs/2/trace")


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/api/v4/x", Place(HERE.origin, "/api/v4/x")),
        ("raw", Place(HERE.origin, "/api/v4/projects/1/jobs/2/raw")),
        ("//cdn.example.com/a", Place("https://cdn.example.com", "/a")),
        ("HTTPS://GitLab.Example.com:443/a", Place(HERE.origin, "/a")),
        ("https://s.example.com", Place("https://s.example.com", "/")),
        (
            "https://s.example.com:9000/b/%2Fkey?X-Sig=a%2Bb%3D&X=%20#part",
            Place("https://s.example.com:9000", "/b/%2Fkey?X-Sig=a%2Bb%3D&X=%20"),
        ),
        ("https://[::1]:8443/a b", Place("https://[::1]:8443", "/a%20b")),
        ("/\u00fc", Place(HERE.origin, "/%C3%BC")),
    ],
)
def test_a_redirect_leads_where_it_says(location: str, there: Place) -> None:
    assert follow(HERE, location) == there


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://gitlab.example.com/api/v4/x", "from https to http"),
        ("http://s.example.com/", "from https to http"),
        ("ftp://s.example.com/", "other than http and https"),
        ("file:///etc/passwd", "other than http and https"),
        ("javascript:alert(1)", "other than http and https"),
        ("https://user:pw@s.example.com/", "user name"),
        ("http:///nothing", "no address"),
        ("https://s.example.com:port/", "no address"),
        ("https://s.example.com:99999/", "no address"),
        ("https://[half/", "no address"),
        ("https://\u0131nternal/", "no address"),
        ("https://a b/", "no address"),
    ],
)
def test_other_places_are_refused(location: str, reason: str) -> None:
    with pytest.raises(InvalidResponse, match=reason) as caught:
        follow(HERE, location)
    assert "example.com" not in caught.value.message


def test_https_may_follow_http() -> None:
    assert follow(place_of("http://a/x"), "https://a/x") == Place("https://a", "/x")


@given(st.text(max_size=60))
def test_whatever_is_followed_can_be_sent(location: str) -> None:
    try:
        there = follow(HERE, location)
    except InvalidResponse:
        return
    assert there.target.startswith("/")
    assert there.url.isascii()
    assert there.url.isprintable()
    assert " " not in there.url
    assert there.origin.startswith("https://")
