"""GitLab's stand-in where there is no nginx: the same files under the same paths."""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.payloads import Payloads
from benchmarks.site_files import API, FIRST_PAGE, Ports, write_files


class StandIn:
    """Counts what reaches it."""

    def __init__(self, folder: Path, payloads: Payloads) -> None:
        self.folder = folder
        self.payloads = payloads
        self.ports = Ports(0, None, 0.0)
        self.requests = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.fast}"

    def served(self) -> int:
        self.requests += 1  # as nginx counts the look itself
        return self.requests

    def answer(self, method: str, target: str) -> tuple[int, bytes]:
        address = urlsplit(target)
        path = address.path.removeprefix(API)
        if path == "/jobs":
            size = parse_qs(address.query)["per_page"][0]
            return 200, (self.folder / f"pages/{size}/{FIRST_PAGE}.json").read_bytes()
        if found := re.fullmatch(r"/jobs/(\d+)/retry", path):
            assert method == "POST"
            return 201, (self.folder / f"retried/{found.group(1)}.json").read_bytes()
        return 200, (self.folder / f"{path.lstrip('/')}.json").read_bytes()


@contextlib.contextmanager
def serving(payloads: Payloads, folder: Path) -> Iterator[StandIn]:
    """The stand-in on a free port of 127.0.0.1, in a thread of its own."""
    write_files(folder, payloads)
    stand_in = StandIn(folder, payloads)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            stand_in.requests += 1
            status, body = stand_in.answer(self.command, self.path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that the library looks for

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.ports = Ports(server.server_port, None, 0.0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
