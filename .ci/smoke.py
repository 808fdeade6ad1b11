"""Tries the installed wheel: the command answers, and the gateway serves a query on its demo."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).with_name("jobs-gateway"))
START_SECONDS = 30.0
QUERY = '{ project(id: "demo/shop") { jobs(first: 3) { nodes { databaseId name status } } } }'


def run(*arguments: str) -> str:
    finished = subprocess.run(
        [COMMAND, *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    return finished.stdout


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(base: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{base}/health/ready", timeout=5).close()
        except (urllib.error.URLError, OSError) as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the gateway did not become ready: {error}") from error
            time.sleep(0.1)
        else:
            return


def ask(base: str) -> Any:
    request = urllib.request.Request(
        f"{base}/graphql",
        data=json.dumps({"query": QUERY}).encode(),
        headers={"content-type": "application/json", "private-token": "demo-maintainer"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def check_extras(port: int) -> None:
    """The wheel alone traces nothing, and says what it would take."""
    environ = {**os.environ, "GATEWAY_TRACING": "true", "GATEWAY_METRICS_PORT": "0"}
    refused = subprocess.run(
        [COMMAND, "serve", "--port", str(port)],
        check=False, capture_output=True, text=True, timeout=60, env=environ,
    )  # fmt: skip
    assert refused.returncode == 1, refused
    assert 'pip install "gitlab-jobs-gateway[otel]"' in refused.stderr, refused.stderr


def main() -> None:
    said = run("--version")
    assert version("gitlab-jobs-gateway") in said, said
    assert "type Job implements" in run("schema")
    port, metrics_port = free_port(), free_port()
    check_extras(port)
    environ = {**os.environ, "GATEWAY_METRICS_PORT": str(metrics_port)}
    server = subprocess.Popen([COMMAND, "serve", "--port", str(port)], env=environ)
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_ready(base, server)
        answer = ask(base)
        print(json.dumps(answer))
        assert "errors" not in answer, answer
        nodes = answer["data"]["project"]["jobs"]["nodes"]
        assert len(nodes) == 3, answer
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics") as metrics:
            assert b"gateway_operations_total{" in metrics.read()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0, server.returncode
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
