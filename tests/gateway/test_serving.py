"""Sockets to listen on, told apart by whether they are shared."""

from __future__ import annotations

import socket

import pytest

from gateway.serving import CannotListenError, bind

LOOPBACK = "127.0.0.1"


def test_processes_that_agree_listen_on_one_port() -> None:
    with bind(LOOPBACK, 0, shared=True) as first:
        port = first.getsockname()[1]
        with bind(LOOPBACK, port, shared=True) as second:
            assert second.getsockname()[1] == port


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True), (False, False)])
def test_a_port_is_shared_only_where_both_ask_for_it(before: bool, after: bool) -> None:  # noqa: FBT001 - a table
    with bind(LOOPBACK, 0, shared=before) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotListenError, match=f"port {port}: Address already in use"):
            bind(LOOPBACK, port, shared=after)


def test_a_system_that_cannot_share_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_REUSEPORT")
    with pytest.raises(CannotListenError, match="lets no two processes share a port"):
        bind(LOOPBACK, 0, shared=True)
