from __future__ import annotations

import dataclasses

import pytest

from upstream.config import Limits, Timeouts, UpstreamConfig


def test_the_defaults_are_bounded() -> None:
    config = UpstreamConfig("https://gitlab.example.com")
    bounds = [*dataclasses.astuple(config.timeouts), *dataclasses.astuple(config.limits)]
    assert all(bound > 0 for bound in bounds)
    assert config.verify


def test_equal_values_are_equal() -> None:
    assert UpstreamConfig("https://x", timeouts=Timeouts(read=1.0)) == UpstreamConfig(
        "https://x", timeouts=Timeouts(read=1.0)
    )
    assert Limits(in_flight=1) != Limits()


def test_nothing_can_be_changed_later() -> None:
    config = UpstreamConfig("https://x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.base_url = "https://y"  # type: ignore[misc] # what is tested


def test_a_password_of_the_proxy_is_not_shown() -> None:
    assert "s3cret" not in repr(UpstreamConfig("https://x", proxy="http://u:s3cret@proxy:3128"))
