"""The template of a field file: every column and indicator explained, with rows to change."""

from __future__ import annotations

import csv
import io

from clfz.inputs.field.columns import COUNTS, FIELD
from clfz.inputs.field.rows import RATES, REPORTED, STOCKS, TOTAL

COLUMNS = tuple(name for name in FIELD if name != "period")
_ABOUT = {
    "country_iso3": "three letters, such as IND; may be empty",
    "area": "the place; the name of a zone file, such as budhpura, needs no --zone",
    "period_start": "first month, such as 2015-05",
    "period_end": "last month; empty when it is the same",
    "indicator": "what was counted: see below",
    "definition_id": "by which definition: see below. Different definitions are never mixed",
    "sex": "all (or empty), girls, boys",
    "age": "5-17, 5-14, 5-11, 12-14, 15-17; empty: as the indicator says",
    "value": "children, or a rate",
    "unit": "persons for counts; percent or share for rates",
    "numerator": "of a rate, when it is known; with the denominator it can stand for the value",
    "denominator": "of a rate",
    "n_sample": "children (or adults) asked in a survey",
    "ci_low": "lower end of the interval of 95 in 100, in the unit of the value",
    "ci_high": "upper end; with an interval the number of interviews is not needed",
    "method": "how: programme list, household survey, school register, ...",
    "coverage": "share of the children of the area (of a rate: of those asked) with whom the programme worked, 0 to 1; "
    "empty: not known",
    "use": "fit (or empty): compared and learned from; check: compared only; ignore: not read",
    "source": "where the figure is from",
    "notes": "remarks",
}
_COUNT_WORDS = {
    "withdrawn_to_school": "children taken from work and put in school, in the period",
    "protected_from_dropout": "children kept from dropping out, in the period",
    "in_bridge_school": "children placed in a bridge school, in the period",
    TOTAL: "what the report gives as the sum of withdrawn and protected; only compared with its parts",
    "out_of_school_children": "children out of school that a list or census found at that time",
    "working_children": "children at work that it found",
    "children_in_child_labour": "children in child labour that it found",
}
_START = "Field data for clfz evaluate. Lines that begin with # are comments; keep or delete them."
_NO_NAMES = "Totals for areas and periods only: no names, telephone numbers, birth dates or positions of homes."
_ROWS = (
    "Change the rows below: your figures, and another word than ignore under use. Add as many as you have.",
)


def template() -> str:
    """The text of a file to fill in."""
    lines = [_START, _NO_NAMES, "", "Columns (in any order; those that you do not need may go):"]
    lines += [f"  {name}: {_ABOUT[name]}" for name in COLUMNS]
    lines += ["", "Indicators that are numbers of children:"]
    lines += [f"  {name}: {text}" for name, text in _COUNT_WORDS.items()]
    lines += ["", "Indicators that are rates, with the definition that the model counts by:"]
    lines += [
        f"  {name} ({entry.definition_id}): {entry.label}; {_whom(name, entry.age_band)}"
        for name, entry in RATES.items()
    ]
    lines += [
        "  Other definitions (clfz list definitions; national:ind; programme:your words) are read, not compared.",
        "",
        *_ROWS,
    ]
    text = io.StringIO()
    text.writelines(f"# {line}".rstrip() + "\n" for line in lines)
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    period = {
        "area": "my-district",
        "period_start": "2015-05",
        "period_end": "2016-04",
        "use": "ignore",
    }
    for name in COUNTS:
        row = {"indicator": name, "definition_id": REPORTED, "unit": "persons", "value": "0"}
        writer.writerow({**period, **row, "method": "programme list"})
    for name in (next(iter(STOCKS)), "child_labour_rate", "out_of_school_rate"):
        rate = RATES[STOCKS.get(name, name)]
        row = {
            "indicator": name,
            "definition_id": rate.definition_id,
            "age": rate.age_band,
            "value": "0",
        }
        row |= {"period_end": "2015-05", "unit": "persons" if name in STOCKS else "percent"}
        row |= {} if name in STOCKS else {"n_sample": "400", "method": "household survey"}
        writer.writerow({**period, **row})
    return text.getvalue()


def _whom(name: str, band: str) -> str:
    return "of adults" if name == "norm_support_rate" else f"of children of {band}"
