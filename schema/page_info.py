"""Where a page of a connection stands, as Relay has it."""

from __future__ import annotations

import strawberry

from schema._fields import attribute


@strawberry.type(description="Where a page of a connection stands.")
class PageInfo:
    has_next_page: bool = attribute("Whether there is more after `endCursor`.")
    has_previous_page: bool = attribute("Whether there is something before `startCursor`.")
    start_cursor: str | None = attribute("Cursor of the first item; null for an empty page.")
    end_cursor: str | None = attribute("Cursor of the last item: the next page's `after`.")
