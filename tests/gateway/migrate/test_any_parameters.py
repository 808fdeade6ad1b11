"""Any endpoint, any parameters: REST and GraphQL agree, or the translation says what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.migrate.call import Pairs, RestCall
from gateway.migrate.problems import Untranslatable
from gateway.migrate.routes import ROUTES, Paging, Route
from gateway.migrate.translation import Translation, translate
from tests.gateway.migrate.agreement import Sides, both_sides
from tests.gateway.migrate.test_agreement import compared
from upstream.demo import DEVELOPER_TOKEN, MAINTAINER_TOKEN, OUTSIDER_TOKEN, REPORTER_TOKEN
from upstream.demo.examples import RUNNING_JOB
from upstream.demo.paging import make_cursor
from upstream.demo.tokens import job_token

TOKENS = [
    *[MAINTAINER_TOKEN] * 6, DEVELOPER_TOKEN, REPORTER_TOKEN, OUTSIDER_TOKEN, "unknown", None,
    job_token(RUNNING_JOB), job_token(20001),
]  # fmt: skip
SEGMENTS = {
    "id": ["1", "1", "1", "1", "demo%2Fshop", "2", "3", "4", "99", "demo%2Fold-shop", "no%2Fsuch"],
    "pipeline_id": ["1001", "1001", "1021", "1021", "1011", "1022", "1023", "7", "99999"],
    "job_id": ["20001", "20103", "20017", "20008", "20009", "20210", "20212", "700001", "99999"],
    "sha": ["main", "fix%2Ftime-zones", "v4.1", "deadbeef"],
}
STATUSES = ["failed", "success", "running", "manual", "created", "skipped", "canceled"]
SIZES = ["1", "2", "3", "7", "20", "50", "100", "150", "500", "501", "", "-3", "0", "many"]
NUMBERS = ["1", "2", "3", "4", "9", "600", "", "0", "-1", "x"]
VALUES = {
    "include_retried": ["true", "1", "false", "0", "", "maybe"],
    "stats": ["true", "false", "", "maybe"],
    "status": [*STATUSES, "", "odd"],
    "ref": ["main", "faster-search", "no-such", " "],
    "sha": ["0" * 40, ""],
    "source": ["push", "schedule", "parent_pipeline", "odd", ""],
    "username": ["devon", "mia", "nobody"],
    "updated_after": ["2026-11-01", "2026-11-02T08:00:00Z", "2026-11-02T08:00:00+01:00", "", "now"],
    "updated_before": ["2026-11-02T08:30:00.5Z", "2027-01-01"],
}
CURSORS = [make_cursor(20005, "n"), make_cursor(20005, "p"), "nonsense", make_cursor(5001, "n")]
UNKNOWN = [("foo", "bar"), ("with_artifacts", "true"), ("id_after", "5"), ("name", "Nightly")]

Pick = st.sampled_from


def a_scope() -> st.SearchStrategy[Pairs]:
    listed = st.lists(Pick([*STATUSES, *STATUSES, "odd"]), min_size=1, max_size=3)
    return st.one_of(
        Pick([*STATUSES, "", "odd"]).map(lambda one: (("scope", one),)),
        listed.map(lambda many: tuple(("scope[]", one) for one in many)),
        listed.map(lambda many: tuple((f"scope[{at}]", one) for at, one in enumerate(many))),
    )


def paging(route: Route) -> st.SearchStrategy[Pairs]:
    if route.paging is Paging.NONE:
        return st.just(())
    pages = st.tuples(
        st.none() | Pick(SIZES).map(lambda size: ("per_page", size)),
        st.none() | Pick(NUMBERS).map(lambda number: ("page", number)),
    )
    orders = Pick([None, None, None, ("order_by", "id"), ("sort", "desc"), ("sort", "asc")])
    keyset = st.tuples(
        Pick([("pagination", "keyset"), ("pagination", "offset"), None, None]),
        Pick([None, None, *(("cursor", cursor) for cursor in CURSORS)]),
        Pick(SIZES).map(lambda size: ("per_page", size)),
    )
    chosen: st.SearchStrategy[tuple[tuple[str, str] | None, ...]] = st.one_of(
        pages, st.tuples(orders), keyset
    )
    return chosen.map(lambda pairs: tuple(pair for pair in pairs if pair is not None))


@st.composite
def any_call(draw: st.DrawFn) -> RestCall:
    route = draw(Pick([route for route in ROUTES if not route.acts]))
    segments = {name: draw(Pick(values)) for name, values in SEGMENTS.items()}
    path = "/".join(segments.get(part.removeprefix(":"), part) if ":" in part else part
                    for part in route.template.split("/"))  # fmt: skip
    query: list[tuple[str, str]] = []
    for parameter in route.parameters:
        if not draw(Pick([True, False])):
            continue
        if parameter.name == "scope":
            query += draw(a_scope())
        else:
            query.append((parameter.name, draw(Pick(VALUES[parameter.name]))))
    query += draw(paging(route))
    query += draw(Pick([[], [], [], [], [], *([each] for each in UNKNOWN)]))
    return RestCall("GET", path, query=tuple(query))


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    with both_sides() as sides:
        sides.demo.seed_jobs(1, 700)
        yield sides


def check_paging(rest: httpx.Response, translation: Translation, answer: Any) -> None:
    connection = answer["data"]
    for step in translation.operation.answer[:-1]:
        connection = connection[step]
    assert connection["pageInfo"]["hasNextPage"] is ('rel="next"' in rest.headers["link"])
    if "x-total" in rest.headers:
        assert connection["totalCount"] == int(rest.headers["x-total"])


OUTCOMES: Counter[str] = Counter()


@settings(max_examples=120)
@given(call=any_call(), token=Pick(TOKENS))
def test_both_agree_or_the_translation_says_why(
    sides: Sides, call: RestCall, token: str | None
) -> None:
    check(sides, call, token)


@pytest.mark.slow
@settings(max_examples=2000)
@given(call=any_call(), token=Pick(TOKENS))
def test_both_agree_or_the_translation_says_why_of_many(
    sides: Sides, call: RestCall, token: str | None
) -> None:
    check(sides, call, token)


def check(sides: Sides, call: RestCall, token: str | None) -> None:
    rest = sides.rest(call, token)
    translation, reason = _translated(call)
    if translation is None:
        OUTCOMES["untranslatable"] += 1
        named = [name.partition("[")[0] for name, _ in call.query]
        assert any(name in reason for name in [*named, "no cursor names this page"])
        return
    answer = sides.graphql(translation, token)
    if rest.status_code >= 300:
        OUTCOMES["refused"] += 1
        statuses = [each["extensions"]["http"]["status"] for each in answer["errors"]]
        assert rest.status_code in statuses, answer
        return
    OUTCOMES["compared"] += 1
    compared(rest, translation, answer)
    if translation.operation.listed and "link" in rest.headers:
        check_paging(rest, translation, answer)


def _translated(call: RestCall) -> tuple[Translation | None, str]:
    try:
        return translate(call), ""
    except Untranslatable as problem:
        return None, problem.reason


def test_all_of_it_happened() -> None:
    assert min(OUTCOMES[each] for each in ("compared", "refused", "untranslatable")) > 0
