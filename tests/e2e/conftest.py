"""A browser on the gateway's page, with everything outside the gateway out of reach."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import ConsoleMessage, Locator, Page, Route, expect

from gateway.app import create_app
from gateway.settings import read_settings
from tests.support.browser import open_page
from tests.support.serving import serve
from upstream.demo import DemoGitLab
from upstream.demo.clock import ManualClock

expect.set_options(timeout=15_000)  # milliseconds; a loaded machine takes seconds for a page

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  window.reportViolation(`${effectiveDirective} ${blockedURI}`));
"""


@dataclass  # without slots: Playwright hangs attributes on whoever listens
class Visit:
    """A page under watch: what it tried, and what went wrong in it."""

    page: Page
    base_url: str
    outside: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def watch(self) -> None:
        context = self.page.context
        context.on("console", self._heard)
        context.on("weberror", lambda failed: self.problems.append(f"page error: {failed.error}"))
        self.page.on("websocket", lambda socket: self.outside.append(socket.url))
        await context.expose_function("reportViolation", self._violated)
        await context.add_init_script(REPORT_VIOLATIONS)
        await context.route("**/*", self._gate)

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.base_url + path)
        await expect(self.editor.locator(".view-line").first).to_be_visible()

    @property
    def editor(self) -> Locator:
        return self.page.locator(".graphiql-query-editor .monaco-editor")

    @property
    def answer(self) -> Locator:
        return self.page.get_by_label("Result Window")

    async def run(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Presses the button; returns the answer, and the headers that asked for it."""
        endpoint = f"{self.base_url}/graphql"
        async with self.page.expect_response(endpoint) as waiting:
            await self.page.get_by_label("Execute query").click()
        response = await waiting.value
        return await response.json(), await response.request.all_headers()

    async def open_example(self, title: str) -> None:
        panel = self.page.get_by_role("region", name="Examples")
        if not await panel.is_visible():
            await self.page.get_by_label("Show Examples").click()
        await panel.get_by_role("button", name=title).click()

    async def until(self, condition: str) -> None:
        """Waits for a JavaScript expression; not by eval in the page, which its policy forbids."""
        await self.page.evaluate(
            f"new Promise(resolve => {{ const look = () => {condition} ? resolve()"
            " : requestAnimationFrame(look); look(); })"
        )

    async def _gate(self, route: Route) -> None:
        url = route.request.url
        if url.startswith((f"{self.base_url}/", "data:")):
            await route.continue_()
        else:
            self.outside.append(url)
            await route.abort()

    def _violated(self, what: str) -> None:
        self.problems.append(f"against the policy: {what}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")


@pytest.fixture
async def demo_url() -> AsyncIterator[str]:
    async with serve(DemoGitLab(ManualClock()).app) as url:
        yield url


async def _visit(settings: Any) -> AsyncIterator[Visit]:
    async with serve(create_app(settings)) as url, open_page() as page:
        visit = Visit(page, url)
        await visit.watch()
        yield visit
        assert visit.problems == []
        assert visit.outside == []


@pytest.fixture
async def demo(demo_url: str) -> AsyncIterator[Visit]:
    """The page of a gateway in front of the embedded demo."""
    async for visit in _visit(read_settings({}).in_front_of(demo_url)):
        yield visit


@pytest.fixture
async def gitlab(demo_url: str) -> AsyncIterator[Visit]:
    """The page of a gateway that knows its GitLab by address alone."""
    async for visit in _visit(read_settings({"GITLAB_URL": demo_url})):
        yield visit
