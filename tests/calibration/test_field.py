"""Field files as spreadsheets and survey tools write them: read alike, and what is odd is said."""

from datetime import datetime
from pathlib import Path

import hypothesis.strategies as st
import pytest
from clfz.inputs import InputError
from clfz.inputs.field import check_field, columns, read_field, template
from clfz.inputs.field.rows import NAMES, RATES
from clfz.inputs.field.values import Bad, decimal_mark, number
from hypothesis import given

EXAMPLES = Path(__file__).parents[2] / "calibration" / "examples"
PLAIN = """area,period_start,period_end,indicator,definition_id,value,unit,n_sample
budhpura,2015-05,2016-04,withdrawn_to_school,,593,persons,
budhpura,2015-05,2016-04,protected_from_dropout,,361,persons,
budhpura,2016-05,2016-05,child_labour_rate,sdg871-ea,23.5,percent,400
"""


def read(tmp_path, content, mapping=None):
    path = tmp_path / "my.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found, problems, _ = check_field(path, mapping)
    assert not problems, [str(problem) for problem in problems]
    return found


def values(found):
    return [(row.indicator, row.value, row.period) for row in found.rows]


def total(found, indicator):
    rows = [row for row in found.rows if row.indicator == indicator and not row.not_compared]
    return sum(row.value for row in rows)


@pytest.fixture
def plain(tmp_path):
    return values(read(tmp_path, PLAIN))


def test_what_a_plain_file_says(plain):
    assert plain == [
        ("withdrawn_to_school", 593.0, "2015-05 to 2016-04"),
        ("protected_from_dropout", 361.0, "2015-05 to 2016-04"),
        ("child_labour_rate", 0.235, "2016-05"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-32"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", ";").replace("23.5", "23,5").encode(),
        b"sep=;\n" + PLAIN.replace(",", ";").encode(),
        b'"sep=;"\n' + PLAIN.replace(",", ";").encode(),
        b"sep=\t\n" + PLAIN.replace(",", "\t").encode(),
        b"SEP=|\n" + PLAIN.replace(",", "|").encode(),
        b"# a comment, with a comma\n" + PLAIN.encode() + b"\n\n",
        PLAIN.replace("area", "group_one/Zone").replace("value", "Value ").encode(),
        PLAIN.replace("percent", "").replace("23.5", "23.5%").encode(),
        PLAIN.replace("percent", "share").replace("23.5", "0.235").encode(),
        PLAIN.replace("2015-05,2016-04", "2015-05-01,2016-04-30").encode(),
    ],
    ids=range(17),
)
def test_the_same_however_it_was_written(content, tmp_path, plain):
    assert values(read(tmp_path, content)) == plain


def workbook(path, lines):
    from openpyxl import Workbook

    book = Workbook()
    for cells in lines:
        book.active.append(cells)
    book.active["F5"].number_format = "0.0%"
    book.save(path)


def test_a_workbook_says_the_same(tmp_path, plain):
    head, *lines = (line.split(",") for line in PLAIN.splitlines())
    rows = [[*cells[:5], float(cells[5]), *cells[6:]] for cells in lines]
    for row in rows:
        row[1:3] = (datetime.strptime(month, "%Y-%m") for month in row[1:3])
    rows[2][5:7] = 0.235, None
    workbook(tmp_path / "my.xlsx", [["# a comment"], head, *rows, [None], ["  "]])
    found, problems, _ = check_field(tmp_path / "my.xlsx")
    assert not problems
    assert values(found) == plain
    rows[1][5] = "many"
    workbook(tmp_path / "my.xlsx", [["# a comment"], head, *rows])
    _, (problem,), _ = check_field(tmp_path / "my.xlsx")
    assert (problem.line, problem.column) == (4, 6)
    (tmp_path / "my.xlsx").write_bytes(b"PK\x03\x04broken")
    assert "cannot be read" in check_field(tmp_path / "my.xlsx")[1][0].message


def test_of_many_mistakes_and_warnings_a_hundred_are_told(tmp_path):
    head = "area,period_start,indicator,value,unit"
    for unit, told in (("percnt", 0), ("percent", 101)):
        lines = [f"a{at},2015,out_of_school_rate,{5 + at % 90},{unit}" for at in range(5000)]
        found, problems, warnings = check(tmp_path, "\n".join([head, *lines]))
        assert (found is None) == bool(problems)
        assert len(problems) == (0 if told else 100)
        assert len(warnings) == told
    assert "4900 more warnings" in warnings[-1].message


def test_what_was_noticed_is_said(tmp_path):
    text = PLAIN.replace(",", ";").replace("23.5", "23,5")
    notes = " ".join(read(tmp_path, b"\xef\xbb\xbf" + text.encode()).notes)
    assert "byte order mark" in notes
    assert "semicolon" in notes
    assert "commas stand for decimals" in notes


def test_thousands_are_read_where_the_decimal_mark_is_known(tmp_path):
    text = PLAIN.replace(",", ";").replace("593", "1.593").replace("23.5", "23,5")
    assert values(read(tmp_path, text))[0][1] == 1593.0
    text = PLAIN.replace("593", '"1,593"')
    assert values(read(tmp_path, text))[0][1] == 1593.0


def test_kobo_columns_that_are_not_ours_are_named_and_not_read(tmp_path):
    head, *rest = PLAIN.splitlines()
    text = "\n".join(
        [f"{head},_uuid,_submission_time", *(f"{line},u,2016-01-01T10:00" for line in rest)]
    )
    found = read(tmp_path, text)
    assert "_uuid, _submission_time" in found.warnings[0].message
    assert len(found.rows) == 3


def test_a_mapping_names_columns(tmp_path, plain):
    text = PLAIN.replace("indicator", "What was counted").replace("area", "Lieu")
    map_file = tmp_path / "columns.yaml"
    map_file.write_text('area: Lieu\nindicator: "What was counted"\n')
    mapping = columns.read_map(map_file, "columns.yaml")
    assert values(read(tmp_path, text, mapping)) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("indikator: x\n", 'Did you mean "indicator"?'),
        ("value: 3\n", "one header of your file"),
        ("[]\n", "lines like"),
    ],
)
def test_a_wrong_mapping_is_told(tmp_path, text, said):
    path = tmp_path / "columns.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        columns.read_map(path, "columns.yaml")


def test_a_mapping_to_a_column_that_is_not_there(tmp_path):
    path = tmp_path / "my.csv"
    path.write_text(PLAIN)
    _, problems, _ = check_field(path, {"notes": "valeu"})
    assert 'Did you mean "value"?' in problems[0].message


def warned(tmp_path, text):
    return " ".join(problem.message for problem in read(tmp_path, text).warnings)


TOTAL = "budhpura,2015-05,2016-04,reported_total,,{},persons,\n"
BY_SEX = """area,period_start,period_end,indicator,sex,value,definition_id
budhpura,2015-05,2016-04,withdrawn_to_school,F,300,
budhpura,2015-05,2016-04,withdrawn_to_school,M,293,
"""
GIRLS = BY_SEX.rsplit("budhpura", 1)[0]
OTHER_BY_SEX = "budhpura,2015-05,2016-04,protected_from_dropout,,361,programme:mvf\n"
OTHER_STOCK = "budhpura,2014-05,2014-05,out_of_school_children,,900,mvf-out-of-school\n"
WARNED = {  # name -> (file, what is said)
    "a total": (PLAIN + TOTAL.format(1000), ("is 1000", "add up to 954")),
    "girls and boys": (
        BY_SEX + "budhpura,2015-05,2016-04,withdrawn_to_school,all,600,\n",
        ("is 600 for all, but girls and boys add up to 593",),
    ),
    "girls only": (GIRLS, ("row 2 is not compared: the model counts girls and boys of all ages",)),
    "another count": (GIRLS + OTHER_BY_SEX, ("row 3 is not compared: it is counted by programme:mvf",)),
    "another census": (GIRLS + OTHER_STOCK, ("row 3 is not compared: it is counted by mvf-out-of-school",)),
    "a value and its parts": (
        "area,period_start,indicator,value,unit,numerator,denominator,n_sample\n"
        "x,2015,out_of_school_rate,30,percent,20,100,100\n",
        ("30.0 in 100", "20.0 in 100"),
    ),
    "a rate without its size": (PLAIN.replace(",400", ","), ("as of 30 interviews",)),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNED)
def test_what_disagrees_or_is_dropped_is_said(name, tmp_path):
    text, said = WARNED[name]
    warnings = warned(tmp_path, text)
    assert [words for words in said if words not in warnings] == []


def test_a_total_that_agrees_says_nothing(tmp_path):
    assert not read(tmp_path, PLAIN + TOTAL.format(954)).warnings


def test_a_total_over_years_is_compared_and_left_out(tmp_path):
    year = "budhpura,2016-05,2017-04,withdrawn_to_school,,7,persons,\n"
    both = "budhpura,2015-05,2017-04,withdrawn_to_school,,{},persons,\n"
    found = read(tmp_path, PLAIN + year + both.format(600))
    assert not found.warnings
    assert total(found, "withdrawn_to_school") == 600
    said = warned(tmp_path, PLAIN + year + both.format(610))
    assert "is 610" in said
    assert "rows 2, 5 add up to 600" in said


def test_girls_and_boys_are_added_up_where_nobody_else_does(tmp_path):
    found = read(tmp_path, BY_SEX)
    assert [row.value for row in found.rows if not row.not_compared] == [593]
    assert total(found, "withdrawn_to_school") == 593
    assert found.told() == "1 figure of 1 area: 1 count"
    assert not found.warnings
    whole = BY_SEX + "budhpura,2015-05,2016-04,withdrawn_to_school,,593,\n"
    assert [row.value for row in read(tmp_path, whole).rows if not row.not_compared] == [593]
    assert not read(tmp_path, whole).warnings


def rate_of(tmp_path, value, unit=""):
    head = "area,period_start,indicator,value,unit,n_sample"
    return check(tmp_path, f"{head}\nx,2015-05,out_of_school_rate,{value},{unit},400\n")


def check(tmp_path, text):
    path = tmp_path / "my.csv"
    path.write_text(text)
    return check_field(path)


def test_one_without_a_unit_could_be_all_or_one_in_100(tmp_path):
    _, (problem,), _ = rate_of(tmp_path, "1")
    assert "1 in 100, or all?" in problem.message
    for unit, value in (("percent", 0.01), ("share", 1.0)):
        assert rate_of(tmp_path, "1", unit)[0].rows[0].value == value
    assert rate_of(tmp_path, "1%")[0].rows[0].value == 0.01


def test_less_than_one_percent_is_asked_about(tmp_path):
    found, problems, warnings = rate_of(tmp_path, "0.42", "percent")
    assert not problems
    assert found.rows[0].value == pytest.approx(0.0042)
    assert "that is 0.42 in 100; was 42 meant?" in warnings[0].message
    assert not rate_of(tmp_path, "0.42")[2]


def test_definitions_are_never_mixed(tmp_path):
    row = "budhpura,2012-05,2012-05,child_labour_rate,mics3-28h,31,percent,300\n"
    found = read(tmp_path, PLAIN + row)
    said = " ".join(problem.message for problem in found.warnings)
    assert (
        "uses sdg871-ea, row 5: 31 in 100 in 2012 uses mics3-28h; they are not comparable" in said
    )
    assert [row.not_compared != "" for row in found.rows] == [False, False, False, True]


def test_an_interval_gives_the_size(tmp_path):
    text = (
        "area,period_start,indicator,value,unit,ci_low,ci_high\n"
        "x,2015,out_of_school_rate,50%,,40.2%,59.8%\n"
    )
    assert read(tmp_path, text).rows[0].n == pytest.approx(100, rel=1e-3)


def test_records_and_their_places(tmp_path):
    text = (
        "record,country,zone_candidates,period_start,period_end,protected_from_dropout,withdrawn_to_school,"
        "in_bridge_school,reported_total\nUGA-2,Uganda,Entebbe | Kampala,2015-05,2016-04,165,250,329,420\n"
    )
    found = read(tmp_path, text)
    assert found.layout == "records"
    assert found.candidates == {"UGA-2": ("Entebbe", "Kampala")}
    assert found.rows[0].country == "UGA"
    assert total(found, "in_bridge_school") == 329
    assert "is 420, but withdrawn and protected add up to 415" in found.warnings[0].message


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.csv")), ids=lambda file: file.stem)
def test_shipped_examples_are_sound(file):
    found = read_field(file)
    assert found.rows
    assert not found.warnings


def test_the_template_names_every_column_and_can_be_filled_in(tmp_path):
    text = template()
    assert max(map(len, text.splitlines())) <= 200
    filled = text.replace(",ignore,", ",fit,")
    found = read(tmp_path, filled)
    assert len(found.rows) == 6
    assert found.areas == ("my-district",)
    for column in columns.FIELD.keys() - {"period"}:
        assert f"#   {column}: " in text
    for name in NAMES:
        assert f"#   {name}" in text
    for name, entry in RATES.items():
        assert f"#   {name} ({entry.definition_id}): {entry.label}; of " in text


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_bytes(content)
    found, problems, _ = check_field(path)
    assert (found is None) == bool(problems)


@given(
    st.text(alphabet="0123456789.,-+% ’x", max_size=9), st.sampled_from([",", ".", None, "both"])
)
def test_any_cell_is_a_number_or_is_told(text, mark):
    try:
        value, _ = number(text, mark)
    except Bad:
        return
    assert value == value


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["12", "3"], None),
        (["12,5"], ","),
        (["12.5"], "."),
        (["12,5", "12.5"], "both"),
        (["1,250"], None),
        (["1.250,5"], ","),
    ],
)
def test_the_decimal_mark_is_told_by_what_can_be_only_one(cells, mark):
    assert decimal_mark(cells) == mark
