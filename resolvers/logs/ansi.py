"""Terminal control taken out of text, as far as it shows on no screen.

Escape sequences after ECMA-48: CSI (colours, cursor, erase), the strings OSC, DCS, SOS, PM and APC
ended by BEL or ST (hyperlinks and window titles are OSC), and the two- and three-byte ones. Of a
string that is never ended only the introducer goes: junk in a line is better than a line lost.
All quantifiers are possessive, so that no input costs more than linear time.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\x1b(?:"
    r"\[[0-?]*+[ -/]*+[@-~]?"  # CSI; a broken one loses its parameters, too
    r"|[\]PX^_][^\x07\x1b\r]*+(?:\x07|\x1b\\)"
    r"|[ -/]++[0-~]"
    r"|[0-~]"
    r")?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]++")  # all but tab, \n and \r


def plain(text: str) -> str:
    """`text` without escape sequences and control characters; tabs and line ends stay."""
    if text.isprintable():
        return text
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    return _CONTROL.sub("", text)


def overwritten(text: str) -> str:
    """What a terminal shows of one line: what follows its last carriage return."""
    return text.rpartition("\r")[2] if "\r" in text else text
