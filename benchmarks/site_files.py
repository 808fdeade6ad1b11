"""GitLab's answers as files, and the configuration of the nginx that hands them out.

A file for each answer makes the stand-in so cheap that the servers before it are what is measured.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.payloads import Payloads

API = "/api/v4/projects/1"
SINGLE_JOBS = 1000  # the newest so many can be asked for one by one, and retried
PAGES = (20, 100)  # sizes of pages
FIRST_PAGE = "first"

_MODULES = Path("/usr/lib/nginx/modules")
_LUA = (_MODULES / "ndk_http_module.so", _MODULES / "ngx_http_lua_module.so")


@dataclass(frozen=True, slots=True)
class Ports:
    """`slow` answers like `fast`, but `latency` seconds later; None where nginx has no Lua."""

    fast: int
    slow: int | None
    latency: float


def can_wait() -> bool:
    """Whether nginx has the module by which it waits before it answers."""
    return all(module.exists() for module in _LUA)


def single_jobs(payloads: Payloads) -> list[int]:
    return list(payloads.jobs)[-SINGLE_JOBS:]


def write_files(folder: Path, payloads: Payloads) -> None:
    """The answers below `folder`, and `cursors.map` there: which cursor follows which page."""
    newest = list(payloads.jobs.values())[::-1]
    for job in single_jobs(payloads):
        _write(folder / f"jobs/{job}.json", payloads.jobs[job])
        _write(folder / f"retried/{job}.json", payloads.retried[job])
    for identity, pipeline in payloads.pipelines.items():
        _write(folder / f"pipelines/{identity}.json", pipeline)
    following = []
    for size in PAGES:
        page = FIRST_PAGE
        for start in range(0, len(newest), size):
            jobs = newest[start : start + size]
            _write(folder / f"pages/{size}/{page}.json", jobs)
            if start + size < len(newest):
                cursor = keyset_cursor(jobs[-1]["id"])
                following.append(f'"{size}/{page}" "{cursor}";')
                page = cursor.rstrip("=")
    _write(folder / "missing.json", {"message": "404 Not found"})
    (folder / "cursors.map").write_text("\n".join(following) + "\n", encoding="utf-8")


def keyset_cursor(job: int) -> str:
    """GitLab's own cursor to the jobs older than this one."""
    return base64.urlsafe_b64encode(_json({"id": str(job), "_kd": "n"})).decode()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_json(value))


def gitlab_conf(folder: Path, ports: Ports) -> str:
    """The nginx that stands in for GitLab; `folder` is what `write_files` filled."""
    modules = "".join(f"load_module {module};\n" for module in _LUA) if ports.slow else ""
    servers = _GITLAB_SERVER % {"port": ports.fast, "wait": ""}
    if ports.slow:
        wait = f"rewrite_by_lua_block {{ ngx.sleep({ports.latency}) }}"
        servers += _GITLAB_SERVER % {"port": ports.slow, "wait": wait}
    return modules + _frame(
        folder.parent / "gitlab", _GITLAB % {"files": folder, "servers": servers}
    )


def proxy_conf(folder: Path, port: int, upstream: str) -> str:
    """An nginx that only passes requests on: what one more hop costs at the least."""
    address = upstream.removeprefix("http://")
    return _frame(folder, _PROXY % {"port": port, "upstream": address})


def _frame(folder: Path, http: str) -> str:
    return _FRAME % {"folder": folder, "http": http}


_FRAME = """
worker_processes 1;
daemon off;
pid %(folder)s.pid;
error_log stderr warn;
worker_rlimit_nofile 40000;
events { worker_connections 16384; }
http {
  access_log off;
  server_tokens off;
  tcp_nodelay on;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_temp_path %(folder)s-bodies;
  proxy_temp_path %(folder)s-proxied;
  fastcgi_temp_path %(folder)s-fastcgi;
  uwsgi_temp_path %(folder)s-uwsgi;
  scgi_temp_path %(folder)s-scgi;
%(http)s}
"""

_GITLAB = """
  default_type application/json;
  open_file_cache max=20000 inactive=10m;
  open_file_cache_valid 10m;
  map_hash_bucket_size 256;
  map_hash_max_size 8192;
  map $arg_per_page $size { 100 100; default 20; }
  map $arg_cursor $page { "~^(?<text>[A-Za-z0-9_-]+)" $text; default first; }
  map $size/$page $next_cursor { include %(files)s/cursors.map; }
  root %(files)s;
%(servers)s"""

# A POST for a file is 405 to nginx; that page is then the answer to give, as 201.
_GITLAB_SERVER = """
  server {
    listen 127.0.0.1:%(port)d backlog=4096;
    error_page 404 /missing.json;
    add_header Cache-Control "max-age=0, private, must-revalidate";
    if ($http_private_token = "") { return 401 '{"message":"401 Unauthorized"}'; }
    location = /api/v4/projects/1/jobs {
      %(wait)s
      add_header Cache-Control "max-age=0, private, must-revalidate";
      add_header X-Next-Cursor $next_cursor;
      try_files /pages/$size/$page.json =404;
    }
    location ~ ^/api/v4/projects/1/(?<what>jobs|pipelines)/(?<number>\\d+)$ {
      %(wait)s
      try_files /$what/$number.json =404;
    }
    location ~ ^/api/v4/projects/1/jobs/(?<number>\\d+)/retry$ {
      %(wait)s
      error_page 405 =201 /retried/$number.json;
      try_files /retried/$number.json =404;
    }
    location = /missing.json { internal; }
    location /retried/ { internal; }
    location = /served { stub_status; }
  }
"""

_PROXY = """
  proxy_buffer_size 64k;
  proxy_buffers 16 64k;
  proxy_busy_buffers_size 128k;
  upstream gitlab { server %(upstream)s; keepalive 512; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:%(port)d backlog=4096;
    location / { proxy_pass http://gitlab; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
"""
