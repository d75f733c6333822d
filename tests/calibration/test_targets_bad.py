"""Malformed target files: one sentence with row and column; totals that disagree are a warning that shows both."""

import codecs

import pytest

from calibration.targets import load_targets
from sim.inputs.problems import InputError

HEAD = (
    "record,country,zone_candidates,period_start,period_end,withdrawn_to_school,"
    "protected_from_dropout,in_bridge_school,reported_total"
)
ROWS = (
    "UGA-1,UGA,,2015-05,2016-04,247,787,0,1034",
    "UGA-2,UGA,,2015-05,2016-04,250,165,329,415",
)


def text(head=HEAD, rows=ROWS):
    return "\n".join((head, *rows)) + "\n"


def changed(old, new, row=0):
    """The good file with a piece of one row changed."""
    rows = list(ROWS)
    assert old in rows[row]
    rows[row] = rows[row].replace(old, new, 1)
    return text(rows=rows)


BAD = {
    "negative": (changed("247", "-3"), "row 2: withdrawn_to_school"),
    "half a child": (changed("787", "78.5"), "row 2: protected_from_dropout"),
    "a word": (changed("329", "many", 1), "row 3: in_bridge_school"),
    "empty": (changed("329", "", 1), "row 3: in_bridge_school is empty"),
    "no country": (changed("UGA,,", "ZZZ,,"), "row 2: country_iso3"),
    "no name": (changed("UGA-1", ""), "row 2: record is empty"),
    "twice": (text(rows=(ROWS[0], ROWS[0])), "row 3"),
    "crossed dates": (changed("2015-05,2016-04", "2016-04,2015-05"), "row 2"),
    "thirteenth month": (changed("2015-05", "2015-13"), "row 2: period_start"),
    "half a year": (changed("2016-04", "2015-10"), "row 2: UGA-1 counts 6 months"),
    "two years": (
        text(rows=(*ROWS, ROWS[0].replace("2015-05,2016-04", "2016-05,2017-04"))),
        "row 2: UGA-1 has more than one year",
    ),
    "missing column": (text().replace("in_bridge_school", "in_tents"), "in_bridge_school"),
    "no record column": (text().replace("record,", "label,", 1), "record"),
    "names of children": (text().replace("zone_candidates", "child_name"), "child_name"),
    "unknown record": (changed("UGA-1", "UGA-9"), "row 2: zone_candidates: no place"),
    "unknown place": (
        changed("UGA-1,UGA,", "UGA-9,UGA,Atlantis"),
        'row 2: zone_candidates: "Atlantis" is not a place of UGA-9',
    ),
    "place of another country": (
        changed("UGA-1,UGA,", "UGA-9,UGA,Budhpura"),
        '"Budhpura" is not a place of UGA-9',
    ),
    "a cell too many": (changed("1034", "1034,7"), "row 2"),
    "nothing to learn from": (
        text(head=f"{HEAD},use", rows=[f"{row},check" for row in ROWS]),
        "no record is there to learn from",
    ),
    "only a header": (text(rows=()), ""),
    "nothing": ("", ""),
    "same place twice": (
        text(rows=(ROWS[0].replace("UGA,,", "UGA,West Nile,").replace("UGA-1", "UGA-8"),
                   ROWS[1].replace("UGA,,", "UGA,West Nile,").replace("UGA-2", "UGA-9"))),
        "cannot all be given to different places",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_sentence_with_row_and_column(name, tmp_path):
    path = tmp_path / "mine.csv"
    content, wanted = BAD[name]
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_targets(path)
    (problem,) = caught.value.problems
    assert wanted in problem.message
    assert "\n" not in problem.message


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + text().encode(),
        text().replace(",", ";").encode(),
        text().replace(",", "\t").encode(),
        text().encode("utf-16"),
        text().replace("\n", "\r\n").encode(),
        ("sep=;\n" + text().replace(",", ";")).encode(),
        text().replace("247,", '"247,0",').encode(),
    ],
    ids=["mark", "semicolons", "tabs", "utf-16", "windows", "sep", "decimal comma"],
)
def test_other_ways_to_write_csv_are_read(raw, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(raw)
    found = load_targets(path)
    assert found.counts.tolist() == [[247, 787, 0], [250, 165, 329]]
    assert found.countries == ("UGA", "UGA")


def test_another_code_page_is_refused_by_row(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(changed("UGA-1", "Entebbé").encode("latin-1"))
    with pytest.raises(InputError) as caught:
        load_targets(path)
    (problem,) = caught.value.problems
    assert "UTF-8" in problem.message


def test_a_total_that_disagrees_is_a_warning_with_both(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(changed("1034", "1043"), encoding="utf-8")
    (warning,) = load_targets(path).warnings
    assert "1043" in warning
    assert "1034" in warning
    assert load_targets(path).counts[0].tolist() == [247, 787, 0]


def test_a_file_of_single_figures_is_told_apart(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "area,country_iso3,period_start,period_end,indicator,value,unit\n"
        "budhpura,IND,2015-05,2016-04,withdrawn_to_school,593,persons\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="one row a record"):
        load_targets(path)
