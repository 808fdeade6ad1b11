"""The page among the examples, in a real browser, from another origin than the gateway's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, expect
from starlette.staticfiles import StaticFiles

from gateway.app import create_app
from gateway.settings import read_settings
from tests.support.browser import open_page
from tests.support.serving import serve
from tests.support.sources import ROOT
from upstream.demo.tokens import REPORTER_TOKEN


@pytest.fixture
async def page(demo_url: str) -> AsyncIterator[Page]:
    async with serve(StaticFiles(directory=ROOT / "examples")) as pages:
        settings = read_settings({"GITLAB_URL": demo_url, "GATEWAY_CORS_ORIGINS": pages})
        async with serve(create_app(settings)) as gateway, open_page() as page:
            query = urlencode({"gateway": f"{gateway}/graphql"})
            await page.goto(f"{pages}/pipelines.html?{query}")
            yield page


async def test_the_page_shows_pipelines(page: Page) -> None:
    await expect(page.locator("[data-pipeline]")).to_have_count(5)
    await expect(page.locator("#problem")).to_be_empty()
    await expect(page.get_by_text("test/soak RUNNING")).to_be_visible()


async def test_a_click_cancels_a_job(page: Page) -> None:
    soak = page.locator("[data-status=RUNNING]", has_text="test/soak")
    await soak.get_by_role("button", name="cancel").click()
    await expect(soak).to_have_count(0)
    await expect(page.locator("#problem")).to_be_empty()


async def test_who_may_not_cancel_is_told(page: Page) -> None:
    await page.get_by_label("Token").fill(REPORTER_TOKEN)
    await page.get_by_label("Token").blur()
    soak = page.locator("[data-status=RUNNING]", has_text="test/soak")
    await soak.get_by_role("button", name="cancel").click()
    await expect(page.locator("#problem")).to_contain_text("403")
    await expect(soak).to_be_visible()
