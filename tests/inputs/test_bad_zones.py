"""A sound zone file, broken in one place at a time."""

from pathlib import Path

import pytest
from clfz.inputs import InputError, check_text, load_zone

GOOD = Path(__file__).parent / "good" / "zone.yaml"

# What stands there, what is written instead, everything that must be told about it.
ROWS = {
    "country of two letters": (
        "country: GHA",
        "country: NO",
        ['4:10: country is "NO": use the three-letter code (NOR for Norway).'],
    ),
    "country by name": (
        "country: GHA",
        "country: Ghana",
        ['4:10: country is "Ghana": use the three-letter code (GHA for Ghana).'],
    ),
    "country misspelt": (
        "country: GHA",
        "country: Gahna",
        ['4:10: country is "Gahna": use the three-letter code (GHA for Ghana).'],
    ),
    "country in small letters": (
        "country: GHA",
        "country: gha",
        ['4:10: country is "gha": write the code in capitals, GHA.'],
    ),
    "country unknown": (
        "country: GHA",
        "country: XYZ",
        [
            '4:10: country is "XYZ": this is not a three-letter country code. '
            "The list: clfz list countries."
        ],
    ),
    "currency by sign": (
        "currency: GHS",
        "currency: GH₵",
        [
            '6:11: currency is "GH₵": use the three-letter code of the currency, '
            "such as EUR, INR or XOF."
        ],
    ),
    "impossible month": (
        "start: 2014-05",
        "start: 2014-13",
        ['79:8: start is "2014-13": there is no month 13. Write year-month, such as "2014-05".'],
    ),
    "impossible date": (
        "start: 2014-05",
        "start: 2014-02-30",
        [
            '79:8: start is "2014-02-30": write year-month with two digits for the month, '
            'such as "2014-05".'
        ],
    ),
    "year only": (
        "start: 2014-05",
        "start: 2014",
        ['79:8: start is 2014, but it must be a text. For example: "2014-05"'],
    ),
    "per cent as number": (
        "poverty_headcount: {value: 0.4, low: 0.3, high: 0.5",
        "poverty_headcount: {value: 40, low: 0.3, high: 0.5",
        [
            "18:30: income.poverty_headcount.value is 40, but it must be between 0 and 1. "
            'If you mean 40 per cent, write 0.4 or "40%".'
        ],
    ),
    "low above value": (
        "children: {value: 1500, low: 1200",
        "children: {value: 1500, low: 1600",
        [
            "10:32: population.children: low 1600 is more than value 1500. "
            "The order is low, value, high."
        ],
    ),
    "low above high": (
        "children: {value: 1500, low: 1200, high: 1800",
        "children: {value: 1500, low: 1800, high: 1200",
        [
            "10:32: population.children: low 1800 is more than value 1500. "
            "The order is low, value, high.",
            "10:44: population.children: high 1200 is less than value 1500. "
            "The order is low, value, high.",
        ],
    ),
    "plain number for a quantity": (
        'villages: {value: 8, low: 6, high: 10, source: "test"}',
        "villages: 8",
        [
            "11:13: population.villages is 8, but it is written with range and source. "
            'Write {value: 8, low: ..., high: ..., source: "..."}'
        ],
    ),
    "quantity without source": (
        'villages: {value: 8, low: 6, high: 10, source: "test"}',
        "villages: {value: 8, low: 6, high: 10}",
        [
            "11:3: source is missing in population.villages. It is: Where it comes from: a "
            'citation, or "assumed" and why. For example: source: "assumed: ..."'
        ],
    ),
    "no commas in a quantity": (
        "villages: {value: 8, low: 6, high: 10,",
        "villages: {value: 8 low: 6 high: 10",
        [
            "11:26: the group that opens with { in line 11 is not closed, or a comma is missing "
            "before here."
        ],
    ),
    "shares above one": (
        '    "5-11": {school_only: 0.6, school_and_work: 0.2',
        '    "5-11": {school_only: 0.6, school_and_work: 0.28',
        ["45:5: activity.girls.5-11: the four shares add up to 1.08, not 1. Take 0.08 off."],
    ),
    "shares below one": (
        "tier3: {value: 0.15",
        "tier3: {value: 0.1",
        [
            "22:1: livelihoods: the shares of the five trades add up to 0.95, not 1. "
            "There is 0.05 missing."
        ],
    ),
    "age band misspelt": (
        '"12-14": {value: 30',
        '"12-15": {value: 30',
        [
            '57:5: there is no setting "12-15" in hours.work_only. Did you mean "12-14"? '
            "(known: 5-11, 12-14, 15-17)"
        ],
    ),
    "key misspelt": (
        "  household_size:",
        "  houshold_size:",
        [
            '12:3: there is no setting "houshold_size" in population. Did you mean '
            '"household_size"? (known: children, villages, household_size, adults, '
            "migrant_share, yearly_migration)"
        ],
    ),
    "no room for children": (
        "adults: {value: 2, low: 1.5, high: 2.5",
        "adults: {value: 5, low: 1.5, high: 5.5",
        ["12:27: household_size 5 leaves no room for children beside 5 adults."],
    ),
    "a family larger than the model makes": (
        "household_size: {value: 5, low: 4, high: 6",
        "household_size: {value: 30, low: 4, high: 31",
        ["12:27: household_size is 30, but beside 2 adults it must be between 2.7 and 7.8."],
    ),
    "more villages than homes": (
        "villages: {value: 8, low: 6, high: 10",
        "villages: {value: 800, low: 6, high: 900",
        [
            "11:21: villages is 800, but 1500 children fill 692 homes only, and each village "
            "needs one."
        ],
    ),
    "an activity of nobody": (
        '    "5-11": {school_only: 0.6, school_and_work: 0.2',
        '    "5-11": {school_only: 0.8, school_and_work: 0',
        ["45:49: activity.girls.5-11.school_and_work is 0, but it must be between 0.001 and 1."],
    ),
    "too few children": (
        "children: {value: 1500, low: 1200, high: 1800",
        "children: {value: 15, low: 12, high: 18",
        [
            "10:21: population.children.value is 15, but it must be between 100 and 100000.",
            "10:30: population.children.low is 12, but it must be between 100 and 100000.",
            "10:40: population.children.high is 18, but it must be between 100 and 100000.",
        ],
    ),
    "negative wage": (
        "adult_day_wage: {value: 12, low: 10",
        "adult_day_wage: {value: 12, low: -10",
        ["29:36: wages.adult_day_wage.low is -10, but it must be more than 0."],
    ),
    "thirteenth month": (
        "harvest_month: 10",
        "harvest_month: October",
        [
            '21:18: income.harvest_month is "October", but it must be a whole number between 1 '
            "and 12. For example: 10"
        ],
    ),
    "school year of one month": (
        "end_month: 6",
        "end_month: 9",
        [
            "69:14: end_month 9 is also start_month: a school year of one month. "
            "Write the last month with lessons."
        ],
    ),
    "certainty unknown": (
        'title: "Test zone"',
        'title: "Test zone"\nplace_certainty: lickely',
        [
            '4:18: place_certainty is "lickely", but it must be one of: matched, likely, '
            'ambiguous. Did you mean "likely"?'
        ],
    ),
    "no title": (
        'title: "Test zone"',
        "title:",
        [
            "3:1: title is empty; it must be a text of 1 to 200 characters. "
            'For example: "My District, Ghana: cocoa"'
        ],
    ),
    "a whole group missing": (
        'law:\n  minimum_age: 15\n  source: "test"\n',
        "",
        [
            "2:1: law is missing in this zone file. It is: The law on children's work. "
            "Its settings: minimum_age, source."
        ],
    ),
    "a group as a number": (
        'law:\n  minimum_age: 15\n  source: "test"\n',
        "law: 15\n",
        ["76:6: law is 15, but it must be a group of settings (minimum_age, source)."],
    ),
    "thousands": (
        "poverty_line: {value: 100, low: 80, high: 120",
        'poverty_line: {value: "1 000", low: 80, high: "1.200.000"',
        [
            '17:25: "1 000" is not a number here. Write 1000 (a point for decimals, nothing for '
            "thousands).",
            '17:49: "1.200.000" is not a number here. Write 1200000 (a point for decimals, '
            "nothing for thousands).",
        ],
    ),
}


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
    assert [(p.line, p.column) for p in caught.value.problems] == [(4, 10), (6, 11)]
    assert str(caught.value).count("\n") == 1
    assert str(caught.value).startswith(f"{file}:4:10: country")


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
