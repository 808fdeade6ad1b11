"""A pipeline's status as GitLab's pages show it."""

from __future__ import annotations

import strawberry

from schema._fields import plain


@strawberry.type(description="A status as GitLab's own pages show it.")
class DetailedStatus:
    icon: str | None = plain("Name of GitLab's icon.")
    text: str | None = plain("The word on the badge.")
    label: str | None = plain("The words in a sentence, such as `passed with warnings`.")
    group: str | None = plain("What the style of the badge goes by.")
    tooltip: str | None = plain("What is shown on hovering.")
    has_details: bool | None = plain("Whether there is a page with more.")
    details_path: str | None = plain("Path of that page.")
    favicon: str | None = plain("Path of the icon for the browser's tab.")
