from __future__ import annotations

from benchmarks.flamegraph import without_places
from benchmarks.places import ROOT


def test_files_are_named_from_the_project_or_their_package_on() -> None:
    picture = (
        "<text>/opt/tools/py-spy record --pid 7</text>"
        f"<title>get ({ROOT}/upstream/client.py:9)</title>"
        "<title>send (/opt/env/lib/python3.11/site-packages/uvicorn/server.py:3)</title>"
        "<title>run (/usr/lib/python3.11/asyncio/runners.py:5)</title>"
    )
    assert without_places(picture) == (
        "<text>py-spy record</text>"
        "<title>get (upstream/client.py:9)</title>"
        "<title>send (uvicorn/server.py:3)</title>"
        "<title>run (asyncio/runners.py:5)</title>"
    )
