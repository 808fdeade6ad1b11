"""A curl command line as a RestCall: what curl would send, without sending it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from gateway.migrate.addresses import read_address
from gateway.migrate.assembly import FORM, Body, Parts, assemble
from gateway.migrate.call import RestCall
from gateway.migrate.curl_options import Option, options
from gateway.migrate.parameters import pairs_of
from gateway.migrate.problems import Unreadable
from gateway.migrate.shell import Command

ReadFile = Callable[[str], "str | None"]
"""The text of a file by its name, `-` for standard input; None where it cannot be read."""

_JSON = "application/json"
_DATA = frozenset({"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"})
_FORMS = frozenset({"form", "form-string"})
_SECRET_VALUES = frozenset(
    {"cert", "cookie", "key", "pass", "proxy", "preproxy", "proxy-cert", "proxy-header"}
    | {"proxy-pass", "proxy-tlspassword", "proxy-user", "tlspassword", "aws-sigv4"}
)
_REFUSED = {
    "config": "it reads options from a file",
    "expand-data": "it expands variables of curl's own",
    "expand-header": "it expands variables of curl's own",
    "expand-url": "it expands variables of curl's own",
    "expand-user": "it expands variables of curl's own",
    "next": "it makes several calls in one; translate them one by one",
    "request-target": "it asks for another path than the URL's",
    "upload-file": "it uploads a file, which no call of the Jobs API does",
    "variable": "it sets variables of curl's own",
}


def nothing_to_read(_: str) -> str | None:
    """For a place where no file may be read."""
    return None


def read_curl(command: Command, read_file: ReadFile = nothing_to_read) -> RestCall:
    """The call that the words after `curl` make; raises Unreadable where they make none."""
    given = _Given(command, read_file)
    for option in options(command.words[1:]):
        given.take(option)
    return assemble(given.parts())


@dataclass(slots=True)
class _Given:
    command: Command
    read_file: ReadFile
    method: str = ""
    urls: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    query: list[tuple[str, str]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    fields: list[tuple[str, str]] = field(default_factory=list)
    user: str = ""
    bearer: str = ""
    unread: str | None = None
    switches: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def take(self, option: Option) -> None:  # noqa: C901, PLR0912 - one line for each option
        name, value = option
        if name in _REFUSED:
            raise Unreadable(f"--{name} cannot be translated: {_REFUSED[name]}")
        if name in _SECRET_VALUES:
            self.secrets |= {value, *value.split(":"), *value.split("=")}
        elif name == "url":
            self.urls.append(value)
        elif name == "request":
            self.method = value
        elif name == "header":
            self._header(value)
        elif name in _DATA:
            self.switches.add("json" if name == "json" else "data")
            self.data.append(self._data(name, value))
        elif name in _FORMS:
            self._form(name, value)
        elif name == "url-query":
            text = value[1:] if value.startswith("+") else self._urlencoded(value)
            self.query += pairs_of(text)
        elif name == "user":
            self.user = value
        elif name == "oauth2-bearer":
            self.bearer = value
        elif name in {"range", "continue-at"}:
            self.headers.append(("Range", value))
        elif name == "time-cond":
            self.headers.append(("If-Modified-Since", value))
        elif name == "etag-compare":
            self.headers.append(("If-None-Match", value))
        elif name.startswith("no-"):
            self.switches.discard(name.removeprefix("no-"))
        else:
            self.switches.add(name)

    def parts(self) -> Parts:
        if len(self.urls) != 1:
            problem = "no URL" if not self.urls else "several URLs; translate them one by one"
            raise Unreadable(f"the call has {problem}")
        address = read_address(self.urls[0], globbing="globoff" not in self.switches)
        text = ("" if "json" in self.switches else "&").join(self.data)
        body: Body | None = None
        if self.unread is not None and "get" in self.switches:
            raise Unreadable("the query is to be read from a file that cannot be read here")
        if self.data and "get" in self.switches:
            self.query += pairs_of(text)
        elif self.data or self.fields:
            body = Body(text, self._media_type(), tuple(self.fields) or None, self.unread)
        return Parts(
            self.method or self._default_method(body),
            address,
            self.headers,
            self.query,
            body,
            self.user,
            self.bearer,
            self.command.references,
            [*self.command.notes, *self.notes],
            self.secrets,
        )

    def _default_method(self, body: Body | None) -> str:
        if "head" in self.switches:
            return "HEAD"
        return "GET" if body is None else "POST"

    def _media_type(self) -> str:
        given = [value for name, value in self.headers if name.lower() == "content-type"]
        return given[-1] if given else _JSON if "json" in self.switches else FORM

    def _header(self, text: str) -> None:
        lines: Iterable[str] = [text]
        if text.startswith("@"):
            content = self.read_file(text[1:])
            if content is None:
                self.notes.append("the file that --header names was not read; a token may be in it")
            lines = (content or "").splitlines()
        for line in lines:
            name, colon, value = line.partition(":")
            if colon and value.strip():
                self.headers.append((name.strip(), value.strip()))

    def _data(self, name: str, value: str) -> str:
        if name == "data-raw":
            return value
        if name == "data-urlencode":
            return self._urlencoded(value)
        if not value.startswith("@"):
            return value
        text = self._file(value[1:])
        # curl takes line ends out of what it reads, but for the kinds that are to stay as they are.
        return text if name in {"data-binary", "json"} else "".join(text.splitlines())

    def _urlencoded(self, value: str) -> str:
        """`text`, `=text`, `name=text`, `@file` or `name@file`, of which the text is encoded."""
        name, found, text = value.partition("=")
        if found:
            return f"{name}={quote_plus(text)}" if name else quote_plus(text)
        name, found, file = value.partition("@")
        if found:
            text = quote_plus(self._file(file))
            return f"{name}={text}" if name else text
        return quote_plus(value)

    def _form(self, option: str, value: str) -> None:
        name, found, text = value.partition("=")
        if not found:
            raise Unreadable(f"--{option} is given no name=value")
        if option == "form":
            if text.startswith("@"):
                raise Unreadable("--form uploads a file, which no call of the Jobs API does")
            text = self._file(text[1:]) if text.startswith("<") else _form_text(text)
        self.fields.append((name, text))

    def _file(self, name: str) -> str:
        if name == "-" and self.command.stdin is not None:
            return self.command.stdin
        text = self.read_file(self.command.stdin_file or name if name == "-" else name)
        if text is None:
            self.unread = "standard input" if name == "-" else name
        return text or ""


def _form_text(text: str) -> str:
    """A form's value without what may follow it, such as `;type=text/plain`; it may be quoted."""
    if not text.startswith('"'):
        return text.partition(";")[0]
    value: list[str] = []
    rest = iter(text[1:])
    for character in rest:
        if character == '"':
            break
        value.append(next(rest, "") if character == "\\" else character)
    return "".join(value)
