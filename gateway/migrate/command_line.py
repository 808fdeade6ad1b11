"""The commands of a migration: how they are asked for, and what does them.

Only argparse is imported up here, so that --help waits for nothing.
"""

from __future__ import annotations

import argparse

DEFAULT_GATEWAY = "http://127.0.0.1:8000"

_TRANSLATE = """\
Translate REST calls into GraphQL: print the operation, its variables, and the curl that sends it.

A call may be a curl command line as people have it, a URL, or an HTTP request. Without one, calls
are looked for in standard input: in a script, a log, a page of documentation. Nothing is sent. A
token in the input never comes out again. Status 1 where a call cannot be translated.
"""
_TRANSLATE_EXAMPLES = """\
examples:
  jobs-gateway translate 'curl --header "PRIVATE-TOKEN: $T" "$CI_API_V4_URL/projects/1/jobs"'
  jobs-gateway translate https://gitlab.example.com/api/v4/projects/1/jobs?scope[]=failed
  jobs-gateway translate --json < deploy.sh

docs/migration.md shows how to move call by call.
"""
_COMPARE = """\
Run a REST call and its translation against the same GitLab, and print each value that differs.

The token is that of the call. Where the call has a variable in its place, that variable of the
environment is used; where it has none or a placeholder, PRIVATE_TOKEN, but only for the GitLab that
--gitlab or GITLAB_URL names. Without --gateway, a gateway is started for the comparison. Status 1
where anything differs.
"""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _add_translate(commands)
    _add_compare(commands)


def run(options: argparse.Namespace) -> int:
    """Does what is asked; returns the status to exit with."""
    if options.command == "translate":
        from gateway.migrate import translating  # noqa: PLC0415 - see above

        return translating.run(
            options.call, json=options.json, gateway=options.gateway, endpoints=options.endpoints
        )
    from gateway.migrate import comparing  # noqa: PLC0415 - see above

    return comparing.run(
        options.call,
        gitlab=options.gitlab,
        gateway=options.gateway,
        allow_mutations=options.allow_mutations,
    )


def _add_translate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    translate = commands.add_parser(
        "translate",
        help="translate REST calls into GraphQL",
        description=_TRANSLATE,
        epilog=_TRANSLATE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    translate.add_argument(
        "call", nargs="*", metavar="CALL", help="a curl command line, a URL or an HTTP request"
    )
    translate.add_argument(
        "--json",
        action="store_true",
        help="one JSON object a line for each call: a GraphQL request, or an error",
    )
    translate.add_argument(
        "--gateway",
        metavar="URL",
        default=DEFAULT_GATEWAY,
        help="the gateway that the printed curl asks (default %(default)s)",
    )
    translate.add_argument(
        "--endpoints", action="store_true", help="print the REST routes that can be translated"
    )


def _add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    compare = commands.add_parser(
        "compare",
        help="run a REST call and its translation, and print what differs",
        description=_COMPARE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument(
        "call", metavar="CALL", help="a curl command line, a URL or an HTTP request"
    )
    compare.add_argument(
        "--gitlab",
        metavar="URL",
        help="root of the GitLab to ask (default: that of the call, else GITLAB_URL)",
    )
    compare.add_argument(
        "--gateway", metavar="URL", help="a gateway in front of that GitLab (default: its own)"
    )
    compare.add_argument(
        "--allow-mutations",
        action="store_true",
        help="act, once, through GraphQL, and compare with what GitLab shows then",
    )
