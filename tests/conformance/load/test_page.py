from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from loads import plan, ramp, result

from conformance.load.page import rate_plot, render_load_page, times_plot
from conformance.load.plan import Limits
from conformance.load.plot import Line, Mark, Plot
from conformance.load.ramp import Stage

_SVG = "{http://www.w3.org/2000/svg}"


def _drawn(plot: Plot) -> ET.Element:
    text = str(plot.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(text)  # noqa: S314 - our own text


def _plot(*points: tuple[float, float], marks: tuple[Mark, ...] = ()) -> Plot:
    return Plot("Rates", "users", (Line("rate", "info", points),), marks)


def test_a_higher_value_is_drawn_higher_and_a_larger_load_further_right() -> None:
    circles = _drawn(_plot((1, 10), (4, 40))).findall(f"{_SVG}circle")
    (x1, y1), (x2, y2) = ((float(c.attrib["cx"]), float(c.attrib["cy"])) for c in circles)
    assert x1 < x2
    assert y1 > y2


def test_a_point_says_its_value() -> None:
    (title,) = _drawn(_plot((4, 40))).findall(f"{_SVG}circle/{_SVG}title")
    assert title.text == "rate: 40 at 4 users"


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (40, ["0", "10", "20", "30", "40", "50"]),
        (0.9, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (7, ["0", "2", "4", "6", "8"]),
    ],
)
def test_axes_have_round_numbers(highest: float, ticks: list[str]) -> None:
    texts = _drawn(_plot((1, highest))).findall(f"{_SVG}text")
    upright = [t.text for t in texts if t.attrib.get("text-anchor") == "end"]
    assert upright == ticks


def test_a_mark_beyond_the_axis_is_left_out() -> None:
    marks = (Mark("knee", 3, upright=True), Mark("far", 30, upright=True))
    text = str(_plot((1, 10), (4, 40), marks=marks).svg)
    assert "knee" in text
    assert "far" not in text


def test_names_are_escaped() -> None:
    plot = Plot("<b>", "a & b", (Line('"x"<', "info", ((1, 1),)),), (Mark("<i>", 1),))
    assert _drawn(plot).attrib["aria-label"] == "<b>"
    assert "<i>" not in str(plot.svg)


def test_a_plot_of_nothing_can_be_drawn() -> None:
    assert _drawn(_plot()).findall(f"{_SVG}circle") == []


def test_the_plots_show_capacity_knee_and_limit() -> None:
    found = ramp(plan(limits=Limits(p95=30.0)))
    assert [mark.name for mark in rate_plot(found).marks] == ["capacity 30", "knee 3.5"]
    assert [mark.name for mark in times_plot(found).marks] == ["limit 30 s"]
    assert len(times_plot(found).lines) == 4


def test_the_page_loads_nothing_and_shows_every_stage() -> None:
    page = render_load_page(ramp(plan()))
    assert not re.search(r"(src|href)=\"(?!#|data:)", page)
    assert page.count('<svg class="plot"') == 2
    assert "30 pictures a minute" in page
    for load in ("1", "2", "4", "8"):
        assert f'<th scope="row">{load}</th>' in page


def test_what_a_server_said_is_escaped_on_the_page() -> None:
    found = replace(ramp(plan()), remarks=("<script>alert(1)</script>",))
    assert "<script>alert(1)" not in render_load_page(found)


def test_a_page_without_a_picture_says_so() -> None:
    stages = [Stage(number=0, load=1, start=0.0, end=1.0)]
    assert "no picture was made" in render_load_page(result(plan(stages=(1,)), stages, []))
