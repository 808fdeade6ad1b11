"""REST calls in the many spellings that a curl command line may have, chosen by chance."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from gateway.migrate.call import RestCall, Token
from tests.support.choices import Choices
from upstream.credentials import TokenKind

HEADERS = {
    TokenKind.PRIVATE_TOKEN: "PRIVATE-TOKEN: {}",
    TokenKind.JOB_TOKEN: "JOB-TOKEN: {}",
    TokenKind.BEARER: "Authorization: Bearer {}",
}
PARAMETERS = {
    TokenKind.PRIVATE_TOKEN: "private_token",
    TokenKind.JOB_TOKEN: "job_token",
    TokenKind.BEARER: "access_token",
}
NOISE = (
    "-s", "-S", "-sS", "-f", "-L", "--location", "-k", "--silent", "--compressed", "--fail",
    "-sSfL", "-m 10", "-m10", "--max-time 10", "--retry 0", "-A me", "--no-progress-meter",
    "-H 'Accept: application/json'", "-H 'X-Trace: 1'",
)  # fmt: skip
_SAFE = re.compile(r"[\w./:=@%+,-]+", re.ASCII)
_SPECIAL_IN_DOUBLE = re.compile(r'([$`"\\])')
_ANSI_C = {"\n": "\\n", "\t": "\\t", "'": "\\'", "\\": "\\\\"}

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=12
)
NAMES = st.from_regex(r"[a-z_]{1,10}(\[\]|\[[a-z]{1,5}\])?", fullmatch=True)
PLAIN_NAMES = st.from_regex(r"[a-z_]{1,10}", fullmatch=True)
TOKENS = st.builds(
    Token,
    st.sampled_from(TokenKind),
    st.from_regex(r"[a-z]{5}-[A-Za-z0-9_-]{14,30}", fullmatch=True),
)
PATHS = st.builds(
    lambda project, rest: f"/projects/{quote(project, safe='')}/{rest}",
    st.sampled_from(["1", "demo/shop", "grüße/ö", "a.b/c-d_e"]),
    st.sampled_from(["jobs", "pipelines/6/jobs", "jobs/8/trace", "jobs/8/play", "x_y"]),
)
APIS = st.sampled_from(
    ["https://gitlab.example.com/api/v4", "http://127.0.0.1:8080/git/api/v4", "${CI_API_V4_URL}"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def calls(apis: st.SearchStrategy[str] = APIS) -> st.SearchStrategy[RestCall]:
    """Calls without a body, and such with one."""
    queries = st.lists(st.tuples(PLAIN_NAMES, WORDS), max_size=4).map(tuple)
    common: dict[str, Any] = {
        "path": PATHS,
        "api": apis,
        "query": queries,
        "token": st.none() | TOKENS,
    }
    reading = st.builds(RestCall, st.sampled_from(["GET", "DELETE"]), **common)
    forms = st.dictionaries(PLAIN_NAMES, WORDS, min_size=1, max_size=3)
    bodies = forms | st.dictionaries(PLAIN_NAMES, JSON, min_size=1, max_size=3)
    acting = st.builds(
        RestCall, st.sampled_from(["POST", "PUT"]), body=st.none() | bodies, **common
    )
    return (reading | acting).map(_noted)


def _noted(call: RestCall) -> RestCall:
    """Names that stand for a token are none of a parameter's."""
    query = tuple((name, value) for name, value in call.query if "token" not in name)
    references = frozenset({"CI_API_V4_URL"} if call.api.startswith("$") else ())
    return replace(call, query=query, references=references)


class Speller:
    """Writes calls; with `real`, only in spellings that curl itself and bash take."""

    def __init__(self, choices: Choices, *, real: bool = False) -> None:
        self._choices = choices
        self._real = real

    def spell(self, call: RestCall) -> str:
        words = [*self._method(call), *self._body(call), *self._token(call)]
        words += [self._choices.one_of(NOISE) for _ in range(self._choices.below(4))]
        address = f"{call.api}{call.path}"
        query = [*call.query, *self._token_in_query(call)]
        options, query = self._query(query, call)
        words += options
        if query:
            address += f"?{urlencode(query, quote_via=quote)}"
        words.append(self._one_of("{}", "--url {}").format(self._word(address)))
        words = self._shuffled(words)
        return f"{self._command()}{self._joined(words)}{self._ending()}"

    def _method(self, call: RestCall) -> list[str]:
        usual = "POST" if call.body is not None else "GET"
        if call.method == usual and self._choices.chance(60):
            return []
        return [self._one_of("-X {}", "-X{}", "--request {}", "-sX{}").format(call.method)]

    def _body(self, call: RestCall) -> list[str]:
        body = call.body
        if body is None:
            return []
        if _is_form(body) and self._choices.chance(50):
            return [self._field(name, value) for name, value in body.items()]
        text = json.dumps(body, ensure_ascii=self._choices.chance(50))
        if self._choices.chance(40):
            return [f"--json {self._word(text)}"]
        option = self._one_of("-d ", "--data ", "--data-raw ", "--data-binary ", "-d")
        header = self._header("Content-Type: application/json")
        return [f"{option}{self._word(text, joined=option == '-d')}", header]

    def _field(self, name: str, value: str) -> str:
        if self._choices.chance(50):
            return f"--data-urlencode {self._word(f'{name}={value}')}"
        return f"{self._one_of('-d', '--data')} {self._word(urlencode({name: value}))}"

    def _header(self, text: str) -> str:
        option = self._one_of("-H ", "--header ", "-H", *(() if self._real else ("--header=",)))
        return f"{option}{self._word(text, joined=not option.endswith(' '))}"

    def _token(self, call: RestCall) -> list[str]:
        token = call.token
        if token is None or self._in_query(token):
            return []
        if token.kind is TokenKind.BEARER and self._choices.chance(30):
            return [f"--oauth2-bearer {self._word(token.text)}"]
        header = HEADERS[token.kind].format(token.text)
        if self._choices.chance(20):
            header = header.replace(": ", ":", 1)
        name, colon, value = header.partition(":")
        return [self._header(self._one_of(name, name.lower(), name.title()) + colon + value)]

    def _in_query(self, token: Token) -> bool:
        # The same answer however often it is asked: chance is drawn from the token itself.
        return sum(map(ord, token.text)) % 4 == 0

    def _token_in_query(self, call: RestCall) -> list[tuple[str, str]]:
        token = call.token
        if token is None or not self._in_query(token):
            return []
        return [(PARAMETERS[token.kind], token.text)]

    def _query(
        self, query: list[tuple[str, str]], call: RestCall
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """Options that stand for the query, and what is left for the URL."""
        if not query or call.body is not None or self._choices.chance(60):
            return [], query
        split = self._choices.below(len(query) + 1)
        if any(any(mark in part for mark in "[]") for part, _ in query):
            return [], query
        data = [
            f"--data-urlencode {self._word(f'{name}={value}')}"
            if self._choices.chance(50)
            else f"-d {self._word(urlencode({name: value}, quote_via=quote))}"
            for name, value in query[split:]
        ]
        return ([self._one_of("-G", "--get"), *data] if data else []), query[:split]

    def _shuffled(self, words: list[str]) -> list[str]:
        """In another order, but for those whose order counts."""
        data = [word for word in words if re.match(r"--?(d|data|json)", word)]
        others = [word for word in words if word not in data]
        for index in range(len(others) - 1, 0, -1):
            other = self._choices.below(index + 1)
            others[index], others[other] = others[other], others[index]
        at = self._choices.below(len(others) + 1)
        return [*others[:at], *data, *others[at:]]

    def _command(self) -> str:
        if self._real:
            return "curl"
        return self._one_of(
            "curl", "/usr/bin/curl", "$ curl", "A=1 B='x y' curl", "time curl", "  curl"
        )

    def _joined(self, words: list[str]) -> str:
        return "".join(self._one_of(" ", "  ", " \\\n  ", "\t") + word for word in words)

    def _ending(self) -> str:
        if self._real:
            return ""
        return self._one_of(
            "",
            "\n",
            " | jq .",
            " > out.json",
            " 2>/dev/null",
            " 2>&1 | less",
            " # why",
            "; echo",
            " && true",
        )

    def _word(self, text: str, *, joined: bool = False) -> str:
        """One word in some quotes; `joined` to an option, it must not be nothing."""
        if text.startswith("${"):
            return self._with_variable(text)
        if _SAFE.fullmatch(text) and self._choices.chance(30) and not joined:
            return text
        cut = self._choices.below(len(text) + 1) if self._choices.chance(25) else len(text)
        return self._quoted(text[:cut]) + (self._quoted(text[cut:]) if text[cut:] else "")

    def _with_variable(self, text: str) -> str:
        name, _, rest = text[2:].partition("}")
        variable = self._one_of(f"${{{name}}}", f"${name}")
        if rest[:1].isalnum():
            variable = f"${{{name}}}"
        return self._one_of(f'"{variable}{_double(rest)}"', f'{variable}"{_double(rest)}"')

    def _quoted(self, text: str) -> str:
        quotes: list[Callable[[str], str]] = [_single, lambda each: f'"{_double(each)}"', _ansi_c]
        return self._choices.one_of(quotes)(text)

    def _one_of(self, *options: str) -> str:
        return self._choices.one_of(options)


def _is_form(body: Mapping[str, Any]) -> bool:
    return all(isinstance(value, str) for value in body.values())


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _double(text: str) -> str:
    return _SPECIAL_IN_DOUBLE.sub(r"\\\1", text)


def _ansi_c(text: str) -> str:
    return "$'" + "".join(_ANSI_C.get(character, character) for character in text) + "'"
