"""The pen: what is drawn lies where it was put, and the words are as wide as was measured."""

from xml.etree import ElementTree

import pytest
from clfz.report.figures.pen import Pen, short
from clfz.report.figures.text import _advances, text_width

SVG = "{http://www.w3.org/2000/svg}"


def drawn(pen, tag):
    root = ElementTree.fromstring(pen.svg("a label"))
    return [element for element in root if element.tag == SVG + tag]


@pytest.fixture
def pen():
    return Pen("money-w", 200.0, 100.0)


def test_a_sheet_says_what_it_is(pen):
    root = ElementTree.fromstring(pen.svg('less than "5" & more'))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'less than "5" & more'
    assert root.get("viewBox") == "0 0 200 100"
    assert len(root) == 1  # white paper


def test_zero_is_at_the_lower_left(pen):
    pen.line([0, 10], [0, 30], "#112233")
    (line,) = drawn(pen, "path")
    assert line.get("d") == "M0 100L10 70"
    assert line.get("stroke") == "#112233"


def test_a_line_has_a_gap_where_a_value_is_missing(pen):
    nan = float("nan")
    pen.line([0, 1, 2, 3, 4], [nan, 1, nan, 3, float("inf")], "#000000")
    assert drawn(pen, "path")[0].get("d") == "M1 99M3 97"


def test_dashes_count_in_widths(pen):
    pen.line([0, 1], [0, 1], "#000000", (0, (4, 1.5)), 2.0)
    assert drawn(pen, "path")[0].get("stroke-dasharray") == "8 3"


def test_an_area_is_closed(pen):
    pen.area([0, 10, 10], [0, 0, 10], "#000000", 0.25)
    (area,) = drawn(pen, "path")
    assert area.get("d") == "M0 100L10 100L10 90z"
    assert area.get("opacity") == "0.25"


def test_a_box_stands_on_its_bottom_and_may_grow_to_the_left_or_down(pen):
    pen.box(10, 20, 30, 5, "#000000")
    pen.box(40, 25, -30, -5, "#000000")
    _, first, second = drawn(pen, "rect")
    assert first.attrib == second.attrib
    assert [first.get(name) for name in ("x", "y", "width", "height")] == ["10", "75", "30", "5"]


def test_what_has_no_place_is_left_out(pen):
    nan = float("nan")
    pen.box(10, nan, 30, 5, "#000000")
    pen.text(nan, 10, "words", fontsize=8, color="#000000")
    pen.upwards(10, nan, "words", fontsize=8, color="#000000")
    assert len(ElementTree.fromstring(pen.svg(""))) == 1


@pytest.mark.parametrize("hatch", ["////", "\\\\", "xxx", "...."])
def test_hatches_are_the_figures_own(pen, hatch):
    pen.box(0, 0, 10, 10, "#000000", hatch=hatch)
    pen.box(20, 0, 10, 10, "#111111", hatch=hatch)
    root = ElementTree.fromstring(pen.svg(""))
    (pattern,) = root.iter(SVG + "pattern")
    assert pattern.get("id") == "money-w-hatch0"
    filled = [each for each in root if each.get("fill") == "url(#money-w-hatch0)"]
    assert [each.get("x") for each in filled] == ["0", "20"]
    assert pen.svg("") == pen.svg("")


@pytest.mark.parametrize("shape", "os^DX|")
def test_each_place_gets_a_mark_but_those_that_are_none(pen, shape):
    look = {"fill": "#000000", "edge": "#ffffff", "edge_width": 0.5, "alpha": 0.5}
    pen.marks([1, 2, float("nan")], [1, 2, 3], shape, 4.0, **look)
    (group,) = drawn(pen, "g")
    assert len(group) == 2
    assert group.get("fill-opacity") == "0.5"
    assert len({mark.get("d") for mark in group}) == 2


def test_grid_lies_below_and_marks_above_whatever_came_first(pen):
    pen.marks([1], [1], "o", 4.0, fill="#1", edge="#1", edge_width=0, alpha=1)
    pen.line([0, 1], [0, 1], "#2")
    pen.area([0, 1], [0, 1], "#3", 0.5)
    pen.line([0, 1], [0, 1], "#4", layer=0)
    root = ElementTree.fromstring(pen.svg(""))
    assert [each.get("stroke") or each.get("fill") for each in root] == [
        "#ffffff",
        "#4",
        "#3",
        "#2",
        "#1",
    ]


def test_words_stay_words(pen):
    pen.text(5, 10, "fewer <than> 5 & more", fontsize=8, color="#000000", ha="right", weight="bold")
    pen.text(5, 10, " ", fontsize=8, color="#000000")
    pen.upwards(5, 10, "children", fontsize=10, color="#000000")
    words, upright = drawn(pen, "text")
    assert words.text.strip() == "fewer <than> 5 & more"
    assert (words.get("x"), words.get("y"), words.get("text-anchor")) == ("5", "90", "end")
    assert words.get("font-weight") == "bold"
    assert upright.get("transform") == "translate(12.6 90) rotate(-90)"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (-0.001, "0"), (0.256, "0.26"), (1.04, "1"), (12.35, "12.3"), (-3.5, "-3.5")],
)
def test_numbers_are_short(value, written):
    assert short(value) == written


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_letters_are_as_wide_as_in_the_font(weight):
    manager = pytest.importorskip("matplotlib.font_manager")
    font = manager.get_font(
        manager.findfont(manager.FontProperties(family="DejaVu Sans", weight=weight))
    )
    font.set_size(100, 72)
    advances = _advances()[weight]
    assert len(advances) > 1000
    for letter, width in advances.items():
        assert font.load_char(ord(letter)).linearHoriAdvance / 6_553_600 == pytest.approx(
            width, abs=1e-4
        )


def test_a_line_is_as_wide_as_its_letters():
    assert text_width("ab", 10) == pytest.approx(text_width("a", 10) + text_width("b", 10))
    assert text_width("ab", 10, bold=True) > text_width("ab", 10)
    assert text_width("न", 10) == 10
    assert text_width("e\u0301", 10) == text_width("e", 10)
