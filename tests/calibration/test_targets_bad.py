"""Malformed target files: one sentence with row and column; totals that disagree are a warning that shows both."""

import codecs

import pytest
from clfz.analysis.calibration.targets import load_targets
from clfz.inputs.problems import InputError

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


def one(**changes):
    """One record of the user's own; a column that is None is left out."""
    cells = {
        "record": "X-1",
        "country": "IND",
        "zone_candidates": "Budhpura",
        "period_start": "2018-05",
        "period_end": "2019-04",
        "withdrawn_to_school": "12",
        "protected_from_dropout": "30",
        "in_bridge_school": "5",
    }
    cells = {key: cell for key, cell in {**cells, **changes}.items() if cell is not None}
    return ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"


# name -> (file, row, column (0: the row as a whole), words of the sentence)
BAD = {
    "negative": (changed("247", "-3"), 2, 6, "row 2: withdrawn_to_school"),
    "empty": (changed("329", "", 1), 3, 8, "row 3: in_bridge_school is empty"),
    "more children than there are": (changed("787", "78700000"), 2, 7, "ten million"),
    "no such country": (changed("UGA,,", "ZZZ,,"), 2, 2, "row 2: country_iso3"),
    "no name": (changed("UGA-1", ""), 2, 1, "row 2: record is empty"),
    "twice": (text(rows=(ROWS[0], ROWS[0])), 3, 4, "row 3 gives the record of UGA-1"),
    "crossed dates": (changed("2015-05,2016-04", "2016-04,2015-05"), 2, 5, "exchanged"),
    "half a year": (changed("2016-04", "2015-10"), 2, 5, "row 2: UGA-1 counts 6 months"),
    "two years": (text(rows=(*ROWS, ROWS[0].replace("2015-05,2016-04", "2016-05,2017-04"))),
        2, 4, "row 2: UGA-1 has more than one year"),
    "missing column": (text().replace("in_bridge_school", "in_tents"), 1, 0, "the column in_bridge_school is missing"),
    "no record column": (text().replace("record,", "label,", 1), 1, 0, "the column record"),
    "names of children": (text().replace("zone_candidates", "child_name"), 1, 3, "child_name"),
    "unknown record": (changed("UGA-1", "UGA-9"), 2, 3, "row 2: zone_candidates: no place"),
    "unknown place": (changed("UGA-1,UGA,", "UGA-9,UGA,Atlantis"),
        2, 3, 'row 2: zone_candidates: "Atlantis" is not a place of UGA-9'),
    "misspelled place": (one(zone_candidates="budhpra"), 2, 3, 'Did you mean "Budhpura"?'),
    "place of another country": (changed("UGA-1,UGA,", "UGA-9,UGA,Budhpura"),
        2, 3, '"Budhpura" is not a place of UGA-9'),
    "same place twice in a row": (one(zone_candidates="Budhpura | Tirupur | Budhpura"),
        2, 3, 'row 2: zone_candidates names "Budhpura" twice'),
    "nothing to learn from": (text(head=f"{HEAD},use", rows=[f"{row},check" for row in ROWS]),
        1, 10, "no record is there to learn from"),
    "same place twice": (
        text(rows=(ROWS[0].replace("UGA,,", "UGA,West Nile,").replace("UGA-1", "UGA-8"),
                   ROWS[1].replace("UGA,,", "UGA,West Nile,").replace("UGA-2", "UGA-9"))),
        2,
        3,
        "rows 2, 3: the records of UGA cannot all be given to different places",
    ),
    "no country": (one(country=""), 2, 2, "country_iso3 is not given for X-1; write one of: IND, MLI, UGA, ZWE."),
    "no country column": (one(country=None), 2, 0, "row 2: country_iso3 is not given for X-1; write one of: IND, MLI"),
    "country without zones": (one(country="GHA"),
        2, 2, "row 2: country_iso3 is GHA, where no place of a calibration lies; write one of: IND, MLI, UGA, ZWE."),
    "shipped record of another country": (
        one(record="IND-2", country="MLI"),
        2,
        2,
        "row 2: country_iso3 is MLI, but IND-2 is a shipped record of IND; write IND or give the record another name.",
    ),
    "half of the place": (one(coverage="0.5"), 2, 9, "row 2: coverage is 0.5, but a calibration"),
    "another definition": (one(definition_id="ucw-2008"), 2, 9, "row 2: definition_id is ucw-2008, but a calibration"),
    "mixed definitions": (
        text(head=f"{HEAD},definition_id",
             rows=(f"{ROWS[0]},programme:reported-counts", f"{ROWS[1]},mvf-out-of-school")),
        3,
        10,
        "row 3: definition_id is mvf-out-of-school, but a calibration",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_sentence_with_row_and_column(name, tmp_path):
    path = tmp_path / "mine.csv"
    content, row, column, wanted = BAD[name]
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_targets(path)
    (problem,) = caught.value.problems
    assert wanted in problem.message
    assert (problem.line, problem.column) == (row, column), str(problem)
    assert "\n" not in problem.message


def test_all_mistakes_come_at_once(tmp_path):
    path = tmp_path / "mine.csv"
    bad = (
        "IND-2,MLI,,2015-05,2016-04,1,1,1,2",
        "X-1,,Budhpura,2015-05,2016-04,1,1,1,2",
        "X-2,IND,Budhpura | Budhpura,2015-05,2015-10,1,1,1,2",
        "X-3,IND,Atlantis,2015-05,2016-04,1,1,1,2",
    )
    path.write_text(text(rows=(*ROWS, *bad)), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_targets(path)
    places = [(each.line, each.column) for each in caught.value.problems]
    assert places == [(4, 2), (5, 2), (6, 3), (6, 5), (7, 3)]


@pytest.mark.parametrize(
    "write",
    [
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.replace(",", ";").encode(),
        lambda text: ("sep=;\n" + text.replace(",", ";")).replace("\n", "\r\n").encode(),
        lambda text: text.replace(",", "\t").encode("utf-16"),
    ],
    ids=["mark", "semicolons", "sep", "utf-16 with tabs"],
)
def test_a_mistake_is_found_at_its_place_however_the_file_is_written(write, tmp_path):
    path = tmp_path / "mine.csv"
    raw = write(changed("247", "-3"))
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        load_targets(path)
    (problem,) = caught.value.problems
    row = 3 if raw.startswith(b"sep") else 2
    assert (problem.line, problem.column) == (row, 6)
    assert f'row {row}: withdrawn_to_school is "-3"' in problem.message


def test_a_total_that_disagrees_is_a_warning_with_both(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(changed("1034", "1043"), encoding="utf-8")
    (warning,) = load_targets(path).warnings
    assert "mine.csv:2:9:" in warning
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
