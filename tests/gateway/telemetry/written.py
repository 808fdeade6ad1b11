"""A log whose lines can be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from gateway.telemetry.logs import Log
from gateway.telemetry.rendering import Form


class Written:
    """A log into a file; reading its lines closes it."""

    def __init__(self, path: Path, form: Form = Form.JSON, level: str = "info") -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
        self.log = Log(form, level, self._descriptor)

    def text(self) -> str:
        self.log.close()
        return self._path.read_bytes().decode()

    def lines(self) -> list[dict[str, Any]]:
        """Each line as JSON; the lines are those that a line feed ends."""
        text = self.text()
        assert text == "" or text.endswith("\n")
        return [orjson.loads(line) for line in text.split("\n")[:-1]]

    def close(self) -> None:
        self.log.close()
        os.close(self._descriptor)


@contextmanager
def written(folder: Path, form: Form = Form.JSON, level: str = "info") -> Iterator[Written]:
    log = Written(folder / "log", form, level)
    try:
        yield log
    finally:
        log.close()
