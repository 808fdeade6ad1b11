"""The command `jobs-gateway`: what can be asked of it, and how failures are told."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence

from gateway import __version__
from gateway.migrate import command_line as migration

MAX_PORT = 65_535
DEMO_PORT = 8080

_DESCRIPTION = "GitLab Jobs Gateway: GitLab's REST Jobs API, served as GraphQL."
_EPILOG = """\
examples:
  jobs-gateway serve
  jobs-gateway serve --gitlab-url https://gitlab.example.com --port 9000
  jobs-gateway schema > schema.graphql

Everything else is set by environment variables; docs/settings.md lists them all.
"""
_SERVE = """\
Serve GraphQL at /graphql and GraphiQL at /, in front of a GitLab.

Without --gitlab-url and GITLAB_URL, a demo GitLab is started inside this process; it forgets
everything when the process ends. Callers send their own GitLab token with each request.
"""
_DEMO = """\
Serve the demo GitLab alone: a living stand-in for GitLab's REST API under /api/v4, with projects,
pipelines, jobs and logs of its own. For trying things out, and for tests of frontends.
"""
_SCHEMA = "Print the GraphQL schema in the schema definition language."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the status to exit with."""
    options = _parser().parse_args(arguments)
    # Imports leave no cycles to speak of, and to look for them takes a sixth of the start.
    gc.disable()
    from gateway import commands  # noqa: PLC0415 - --help and --version need not wait for it

    gc.freeze()
    gc.enable()
    try:
        if options.command == "serve":
            commands.serve(host=options.host, port=options.port, gitlab_url=options.gitlab_url)
        elif options.command == "demo":
            commands.demo(host=options.host, port=options.port, faults=options.faults)
        elif options.command == "schema":
            commands.schema(federation=options.federation)
        else:
            return migration.run(options)
    except commands.CommandError as error:
        for problem in error.problems:
            sys.stderr.write(f"jobs-gateway: {problem}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jobs-gateway",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"jobs-gateway {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_serve(commands)
    _add_demo(commands)
    _add_schema(commands)
    migration.add_commands(commands)
    return parser


def _add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = _command(
        commands, "serve", "serve GraphQL in front of a GitLab, or of the demo", _SERVE
    )
    serve.add_argument("--host", help="address to listen on (GATEWAY_HOST; default 127.0.0.1)")
    serve.add_argument("--port", help="port to listen on (GATEWAY_PORT; default 8000)")
    serve.add_argument(
        "--gitlab-url", metavar="URL", help="root of the GitLab to stand in front of (GITLAB_URL)"
    )


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "serve the demo GitLab alone, as a REST server", _DEMO)
    demo.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default %(default)s)"
    )
    demo.add_argument(
        "--port", type=_port, default=DEMO_PORT, help="port to listen on (default %(default)s)"
    )
    demo.add_argument(
        "--faults", action="store_true", help="have it fail on order (docs/reliability.md)"
    )


def _add_schema(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    schema = _command(commands, "schema", "print the GraphQL schema", _SCHEMA)
    schema.add_argument(
        "--federation", action="store_true", help="as an Apollo Federation 2 subgraph"
    )


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    description: str,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= MAX_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text}: must be a whole number from 0 to {MAX_PORT}")
