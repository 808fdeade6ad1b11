"""The GraphiQL page in a browser, in front of the demo.

Whatever a test looks at, its page may have tried no outside host, and heard neither an error nor a
warning nor a violation of its policy: the fixture asserts that at the end of each.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Visit
from tests.support.sources import ROOT
from upstream.demo import tokens

EXAMPLES: list[dict[str, Any]] = json.loads(
    (ROOT / "graphiql/src/examples/examples.json").read_text(encoding="utf-8")
)
SECRET = "glpat-e2e-secret"
TABS_FROM_TOP_TO_TOKEN = 4


async def test_a_browser_gets_the_page_from_the_endpoint_too(demo: Visit) -> None:
    await demo.open("/graphql")
    await expect(demo.page.get_by_role("heading", name="GitLab Jobs Gateway")).to_be_visible()


async def test_a_query_runs(demo: Visit) -> None:
    await demo.open()
    answer, headers = await demo.run()
    jobs = answer["data"]["project"]["jobs"]["nodes"]
    assert len(jobs) == 10
    assert headers["private-token"] == tokens.MAINTAINER_TOKEN
    await expect(demo.answer).to_contain_text(f'"databaseId": {jobs[0]["databaseId"]}')


async def test_a_mutation_runs(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_role("tab", name="RetryJob").click()
    answer, _ = await demo.run()
    assert answer["data"]["retryJob"]["errors"] == []
    assert answer["data"]["retryJob"]["job"]["status"] in {"CREATED", "PENDING"}
    await expect(demo.answer).to_contain_text('"retryJob"')


async def test_every_example_has_a_tab_and_answers_without_errors(demo: Visit) -> None:
    await demo.open()
    tabs = demo.page.get_by_role("tab")
    await expect(tabs).to_have_count(len(EXAMPLES))
    for example in EXAMPLES:
        await demo.open_example(example["title"])
        await expect(tabs).to_have_count(len(EXAMPLES))
        if example["group"] == "With a job token":
            await demo.page.get_by_label("Act as").select_option(label=await _job_token(demo))
        answer, _ = await demo.run()
        assert "errors" not in answer, example["title"]
        for payload in answer["data"].values():
            assert payload is not None, example["title"]
            assert payload.get("errors", []) == [], example["title"]


async def _job_token(visit: Visit) -> str:
    labels = await visit.page.get_by_label("Act as").locator("option").all_inner_texts()
    return next(label for label in labels if label.startswith("Job token"))


async def test_the_documentation_is_shown(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_label("Show Documentation Explorer").click()
    docs = demo.page.get_by_role("region", name="Documentation Explorer")
    await docs.get_by_role("link", name="Mutation", exact=True).first.click()
    await expect(docs).to_contain_text("cancelJob")


async def test_the_explorer_puts_a_field_into_the_query(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_label("Show GraphiQL Explorer").click()
    await demo.page.locator(".graphiql-explorer-root").get_by_text("allowFailure").click()
    await demo.until("localStorage['jobs-gateway:demo:graphiql:query']?.includes('allowFailure')")
    answer, _ = await demo.run()
    assert "allowFailure" in answer["data"]["project"]["jobs"]["nodes"][0]


async def test_the_history_holds_what_ran(demo: Visit) -> None:
    await demo.open()
    await demo.run()
    await demo.page.get_by_label("Show History").click()
    history = demo.page.get_by_role("region", name="History")
    await expect(history.get_by_role("listitem")).to_contain_text("ProjectJobs")


async def test_the_editor_suggests_fields_and_marks_mistakes(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_label("New tab").click()
    await demo.editor.click()
    await demo.page.keyboard.press("Control+A")
    await demo.page.keyboard.type("{ project(id: 1) { job")
    await expect(demo.editor.get_by_role("option", name="jobs").first).to_be_visible()
    await demo.page.keyboard.press("Escape")
    await demo.page.keyboard.type("less")
    await expect(demo.editor.locator(".squiggly-error").first).to_be_attached()


async def test_the_dialogs_open(demo: Visit) -> None:
    await demo.open()
    for dialog in ("settings", "short keys"):
        await demo.page.get_by_label(f"Open {dialog} dialog").click()
        await expect(demo.page.get_by_role("dialog")).to_be_visible()
        await demo.page.keyboard.press("Escape")
        await expect(demo.page.get_by_role("dialog")).to_have_count(0)


async def test_a_token_travels_in_the_header_of_its_kind_alone(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_label("Token, kept").fill(SECRET)
    for kind, expected in {
        "PRIVATE-TOKEN": {"private-token": SECRET},
        "Bearer": {"authorization": f"Bearer {SECRET}"},
        "JOB-TOKEN": {"job-token": SECRET},
    }.items():
        await demo.page.get_by_label("Send as").select_option(kind)
        _, headers = await demo.run()
        assert credentials(headers) == expected


def credentials(headers: dict[str, str]) -> dict[str, str]:
    names = ("private-token", "authorization", "job-token")
    return {name: headers[name] for name in names if name in headers}


async def test_a_token_stays_in_the_tab(demo: Visit) -> None:
    page = demo.page
    await demo.open()
    await page.get_by_label("Token, kept").fill(SECRET)
    await demo.run()
    await page.get_by_label("Show History").click()
    await page.get_by_role("tab", name="CancelJob").click()
    await demo.until("'jobs-gateway:demo:graphiql:queries' in localStorage")
    kept = await page.evaluate("[JSON.stringify(sessionStorage), JSON.stringify(localStorage)]")
    assert SECRET in kept[0]
    assert SECRET not in kept[1]
    places = "[location.href, JSON.stringify(history.state), document.cookie, window.name].join()"
    assert SECRET not in await page.evaluate(places)
    assert await page.evaluate("indexedDB.databases()") == []

    await page.reload()
    await expect(page.get_by_label("Token, kept")).to_have_value(SECRET)
    async with page.context.expect_page() as waiting:
        await page.evaluate("void open('/', '_blank', 'noopener')")
    other = await waiting.value
    await expect(other.get_by_label("Token, kept")).to_have_value(tokens.MAINTAINER_TOKEN)


async def test_the_demo_offers_its_users(demo: Visit) -> None:
    await demo.open()
    choice = demo.page.get_by_label("Act as")
    await expect(choice.locator("option:checked")).to_contain_text("Maintainer")
    for label, token in [
        ("Developer", tokens.DEVELOPER_TOKEN),
        ("Reporter", tokens.REPORTER_TOKEN),
        ("Outsider", tokens.OUTSIDER_TOKEN),
        ("Maintainer", tokens.MAINTAINER_TOKEN),
    ]:
        option = choice.locator("option", has_text=label)
        await choice.select_option(await option.get_attribute("value"))
        await expect(demo.page.get_by_label("Token, kept")).to_have_value(token)


async def test_a_reporter_may_not_cancel(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_role("tab", name="CancelJob").click()
    await demo.page.get_by_label("Token, kept").fill(tokens.REPORTER_TOKEN)
    answer, _ = await demo.run()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_keyboard_reaches_the_token(demo: Visit) -> None:
    await demo.open()
    token = demo.page.get_by_label("Token, kept")
    for _ in range(TABS_FROM_TOP_TO_TOKEN):
        await demo.page.keyboard.press("Tab")
        if await token.evaluate("box => box === document.activeElement"):
            return
    pytest.fail("the token box is not among the first stops of the Tab key")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_fits_a_phone(demo: Visit, scheme: Any) -> None:
    await demo.page.emulate_media(color_scheme=scheme)
    await demo.page.set_viewport_size({"width": 390, "height": 844})
    await demo.open()
    await demo.run()
    await expect(demo.answer.locator(".view-line").first).to_be_in_viewport()
    assert await demo.page.evaluate("document.documentElement.scrollWidth") == 390
    await demo.page.get_by_label("Show Examples").click()
    assert await demo.page.evaluate("document.documentElement.scrollWidth") == 390


async def test_tabs_come_back_with_their_variables(demo: Visit) -> None:
    await demo.open()
    await demo.page.get_by_role("tab", name="RetryJob").click()
    variables = demo.page.get_by_role("region", name="Variables")
    await expect(variables).to_contain_text('"job"')
    await demo.until(
        "JSON.parse(localStorage['jobs-gateway:demo:graphiql:tabState']).activeTabIndex > 0"
    )
    await demo.page.reload()
    await expect(demo.editor).to_contain_text("mutation RetryJob")
    await expect(variables).to_contain_text('"job"')
    await expect(demo.page.get_by_role("tab")).to_have_count(len(EXAMPLES))


async def test_in_front_of_a_real_gitlab_nothing_of_the_demo_shows(gitlab: Visit) -> None:
    await gitlab.open()
    await expect(gitlab.page.get_by_label("Act as")).to_have_count(0)
    await expect(gitlab.page.get_by_label("Token, kept")).to_have_value("")
    await expect(gitlab.page.get_by_text("demo")).to_have_count(0)
    _, headers = await gitlab.run()
    assert credentials(headers) == {}
