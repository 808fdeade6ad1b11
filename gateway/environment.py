"""Reading environment variables by a table of them; the table itself is `gateway.variables`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.kinds import Kind

PREFIX = "GATEWAY_"


class SettingsError(Exception):
    """The environment cannot be used; `problems` has a line for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Variable:
    """`default` is the parsed value, None where nothing is set; `unit` is for people."""

    name: str
    kind: Kind
    default: Any
    purpose: str
    unit: str = ""
    secret: bool = False

    @property
    def default_text(self) -> str:
        """The default as one would write it into the environment; "" for none."""
        if self.default is None or self.default == ():
            return ""
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)

    def parse(self, text: str) -> Any:
        try:
            return self.kind.parse(text)
        except ValueError:
            problem = f"{self.name}={self.shown(text)}: must be {self.kind.allowed}"
            raise SettingsError([problem]) from None

    def shown(self, text: str) -> str:
        """A value as it may be told."""
        return "(hidden)" if self.secret else _shown(text)


def read_variables(variables: Sequence[Variable], environ: Mapping[str, str]) -> dict[str, Any]:
    """The value of each variable by its name; raises SettingsError naming all that is wrong.

    A variable that is set to nothing counts as not set.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable in variables:
        text = environ.get(variable.name, "").strip()
        try:
            values[variable.name] = variable.parse(text) if text else variable.default
        except SettingsError as error:
            problems += error.problems
    problems += _unknown([variable.name for variable in variables], environ)
    if problems:
        raise SettingsError(problems)
    return values


def given_values(variables: Sequence[Variable], environ: Mapping[str, str]) -> dict[str, str]:
    """What is set, as it may be told, by its name."""
    return {
        variable.name: variable.shown(environ[variable.name].strip())
        for variable in variables
        if environ.get(variable.name, "").strip()
    }


def _unknown(known: list[str], environ: Mapping[str, str]) -> list[str]:
    problems = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            hint = f"; did you mean {close[0]}?" if close else ""
            problems.append(f"{name}: there is no such setting{hint}")
    return problems


def _shown(text: str, limit: int = 80) -> str:
    """A value for a message: of a URL only what cannot be a secret, and never very long."""
    before, at, after = text.rpartition("@")
    if at:
        scheme, separator, _ = before.partition("://")
        text = f"{scheme}://(hidden)@{after}" if separator else f"(hidden)@{after}"
    text = text.partition("?")[0] + ("?(hidden)" if "?" in text else "")
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= limit else f"{text[:limit]}..."
