from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from benchmarks.chart import chart
from tests.benchmarks.figures import measured, results

SVG = "{http://www.w3.org/2000/svg}"


def bars(picture: str) -> list[float]:
    tree = ET.fromstring(picture)  # noqa: S314 - made a line above
    found = tree.iter(f"{SVG}rect")
    return [float(one.attrib["width"]) for one in found if "bar" in one.attrib["class"].split()]


def test_bars_are_as_long_as_servers_are_fast_and_the_fastest_comes_first() -> None:
    picture = chart(results(measured(cpu_ms=1.0), measured(server="yoga", cpu_ms=0.5)))
    first, second = bars(picture)
    assert first == 2 * second
    assert picture.index("Yoga") < picture.index(">this gateway<")
    assert ">2,000<" in picture
    assert ">1,000<" in picture


def test_a_panel_for_each_question() -> None:
    picture = chart(results(measured(), measured(question="M1")))
    assert re.findall(r'class="question"[^>]*>(\w+):', picture) == ["Q1", "M1"]
    assert len(bars(picture)) == 2


def test_what_would_flatten_the_rest_is_left_out() -> None:
    picture = chart(results(measured(), measured(server="nginx", cpu_ms=0.02)))
    assert len(bars(picture)) == 1


def test_ours_stands_out() -> None:
    picture = chart(results(measured(), measured(server="yoga")))
    assert picture.count('class="bar ours"') == 1


def test_names_are_text_not_markup() -> None:
    made = results(measured())
    made.machine = "2 CPUs <AMD & sons>"
    assert "&lt;AMD &amp; sons&gt;" in chart(made)
    assert bars(chart(made))
