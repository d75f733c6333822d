"""A sound zone file, broken in one place at a time: the table `bad_zones.txt` says where, and what must be told."""

from pathlib import Path

import pytest
from clfz.inputs import InputError, check_text, load_zone

GOOD = Path(__file__).parent / "good" / "zone.yaml"


def _rows() -> dict[str, tuple[str, str, list[str]]]:
    """What is broken -> what stands there, what is written instead, everything that must be told about it."""
    rows = {}
    table = Path(__file__).with_name("bad_zones.txt").read_text(encoding="utf-8")
    for part in table.split("=== ")[1:]:
        name, *lines = part.splitlines()
        old, new, wanted = (
            [line.removeprefix(mark) for line in lines if line.startswith(mark)]
            for mark in ("- ", "+ ", "#> ")
        )
        rows[name] = ("\n".join(old), "\n".join(new), wanted)
    return rows


ROWS = _rows()


def told(text: str) -> list[str]:
    return [
        str(problem).removeprefix("zone.yaml:")
        for problem in check_text(text, "zone.yaml", "zone").problems
    ]


@pytest.fixture(scope="module")
def good() -> str:
    return GOOD.read_text(encoding="utf-8")


def test_the_zone_is_sound_before_it_is_broken():
    zone = load_zone(GOOD)
    assert zone.population.migrant_share.value == 0.1
    assert zone.population.migrant_share.high == 0.2
    assert zone.start_year_month == (2014, 5)


@pytest.mark.parametrize("name", ROWS)
def test_what_is_told_about_a_broken_zone(good, name):
    old, new, wanted = ROWS[name]
    assert old in good
    assert told(good.replace(old, new, 1)) == wanted


def test_everything_wrong_is_told_at_once_in_the_order_of_lines(good):
    broken = good
    names = ["country of two letters", "key misspelt", "thirteenth month", "impossible month"]
    for name in names:
        broken = broken.replace(*ROWS[name][:2], 1)
    assert told(broken) == [ROWS[name][2][0] for name in names]


def test_a_list_of_problems_becomes_one_error(tmp_path, good):
    file = tmp_path / "zone.yaml"
    file.write_text(good.replace("GHA", "NO").replace("GHS", "cedi"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_zone(file)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{file}:4:10: country")
    assert second.startswith(f"{file}:6:11: currency")


def test_what_deserves_a_look_is_no_problem(good):
    edits = {
        "children: {value: 1500, low: 1200": "children: {value: 500, low: 500",
        "villages: {value: 8, low: 6, high: 10": "villages: {value: 50, low: 6, high: 90",
        'high: 120, source: "test"': 'high: 100, source: "assumed"',
        "poverty_line: {value: 100, low: 80": "poverty_line: {value: 100, low: 100",
    }
    for old, new in edits.items():
        assert old in good
        good = good.replace(old, new, 1)
    checked = check_text(good, "zone.yaml")
    assert checked.problems == []
    assert [str(warning).removeprefix("zone.yaml:") for warning in checked.warnings] == [
        "10:21: 500 children: the model is made for zones of 1000 to 20000.",
        "11:21: 50 villages of 10 children are very small ones.",
        "17:3: income.poverty_line is assumed, but low and high are the same. Give it a range.",
    ]
