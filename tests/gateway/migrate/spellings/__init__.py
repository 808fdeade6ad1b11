"""REST calls as people have them: in scripts, in documents, in browsers, on every system.

They ask for what is always there in the demo (`upstream.demo.examples`), so that each can be run.
"""

from __future__ import annotations

from tests.gateway.migrate.spellings.actions import ACTIONS
from tests.gateway.migrate.spellings.parameters import NO_CURL, PARAMETERS_AND_BODIES
from tests.gateway.migrate.spellings.shells import IN_A_SHELL, QUOTES_AND_OPTIONS
from tests.gateway.migrate.spellings.values import TOKEN, Spelling

SPELLINGS = [*QUOTES_AND_OPTIONS, *IN_A_SHELL, *PARAMETERS_AND_BODIES, *ACTIONS, *NO_CURL]

__all__ = ["SPELLINGS", "TOKEN", "Spelling"]
