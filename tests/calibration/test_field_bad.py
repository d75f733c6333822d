"""Malformed field and target files: every mistake in one sentence, with row and column, and nothing else."""

import re

import pytest
from clfz.inputs import InputError
from clfz.inputs.field import check_field, read_field

HEAD = (
    "area,country_iso3,period_start,period_end,indicator,definition_id,sex,age,value,unit,numerator,denominator,"
    "n_sample,ci_low,ci_high,coverage,use,source,notes"
)
NAMES = HEAD.split(",")
COUNT = {
    "area": "budhpura",
    "country_iso3": "IND",
    "period_start": "2015-05",
    "period_end": "2016-04",
    "indicator": "withdrawn_to_school",
    "value": "593",
    "unit": "persons",
}
RATE = COUNT | {
    "period_end": "2015-05",
    "indicator": "child_labour_rate",
    "definition_id": "sdg871-ea",
    "value": "23",
    "unit": "percent",
    "n_sample": "400",
}
RECORD_HEAD = (
    "record,country,zone_candidates,period_start,period_end,protected_from_dropout,withdrawn_to_school,"
    "in_bridge_school,reported_total"
)
RECORD = "IND-2,India,Budhpura,2015-05,2016-04,361,593,219,954"


def line(base: dict[str, str], **changes: str) -> str:
    cells = [(base | changes).get(name, "") for name in NAMES]
    return ",".join(f'"{cell}"' if re.search('[,"]', cell) else cell for cell in cells)


def sheet(*lines: str) -> bytes:
    return ("\n".join((HEAD, *lines)) + "\n").encode()


def records(*lines: str) -> bytes:
    return ("\n".join((RECORD_HEAD, *lines)) + "\n").encode()


def without(column: str) -> bytes:
    at = NAMES.index(column)
    rows = [HEAD.split(","), line(COUNT).split(",")]
    return "\n".join(",".join(row[:at] + row[at + 1 :]) for row in rows).encode()


# name -> (bytes of the file, row, column (0: the row as a whole), words of the sentence)
BAD: dict[str, tuple[bytes, int, int, tuple[str, ...]]] = {
    "empty": (b"", 0, 0, ("holds no rows",)),
    "only a header": (sheet(), 1, 0, ("no row under it",)),
    "only comments": (b"# nothing\n# here\n", 0, 0, ("holds no rows",)),
    "workbook": (b"PK\x03\x04rest of a zip", 0, 0, ("workbook", "CSV UTF-8")),
    "zero bytes": ("area,value".encode("utf-16-le"), 0, 0, ("zero bytes", "CSV UTF-8")),
    "Windows-1252": (
        sheet(line(COUNT), line(COUNT, indicator="in_bridge_school", source="Côte")).replace(
            "ô".encode(), b"\xf4"
        ),
        3,
        NAMES.index("source") + 1,
        ("row 3", 'under "source"', "not UTF-8", "Windows-1252"),
    ),
    "invisible letter": (sheet(line(COUNT, notes="a\x0bb")), 2, 0, ("row 2", "U+000B")),
    "no separator": (b"area value\nx 1\n", 1, 0, ("only one column",)),
    "decimal comma not quoted": (sheet(line(RATE, value="23") + ",5"),
        2, 0, ("20 cells", "19 columns", "quotation marks")),
    "short row": (sheet("budhpura,IND"), 2, 0, ("2 cells", "19 columns")),
    "header too long": (sheet(line(COUNT)).replace(b"notes", b"n" * 150_000),
        1, 19, ("row 1", "150000 letters", "32767", "Shorten")),
    "cell too long": (sheet(line(COUNT), line(COUNT, indicator="in_bridge_school", notes="n" * 150_000)),
        3, 19, ("row 3", 'under "notes"', "150000 letters")),
    "open quotation mark before much text": (sheet(line(COUNT) + '"x', *(["n" * 70] * 2500)),
        2, 0, ("row 2", "quotation mark")),
    "quotation mark as separator": (b'sep="\n' + sheet(line(COUNT)), 1, 0, ("row 1", "sep=", "semicolon")),
    "blank as separator": (b"sep= \n" + sheet(line(COUNT)), 1, 0, ("row 1", "sep=", "semicolon")),
    "no separator after sep=": (b"sep=\n" + sheet(line(COUNT)), 1, 0, ("row 1", "sep=", "semicolon")),
    "two separators": (b"sep=;;\n" + sheet(line(COUNT)), 1, 0, ("row 1", "sep=", "semicolon")),
    "open quotation mark": (sheet(line(COUNT) + '"x'), 2, 0, ("row 2", "quotation mark")),
    "missing column": (without("indicator"), 1, 0, ("column indicator is missing",)),
    "misspelled column": (sheet(line(COUNT)).replace(b"indicator", b"indicatr"),
        1, 0, ("column indicator is missing", "indicatr")),
    "column twice": (sheet(line(COUNT)).replace(b"notes", b"zone"), 1, 19, ('"area" and "zone"', "keep one")),
    "names of children": (sheet(line(COUNT)).replace(b"notes", b"child_name"),
        1, 19, ("child_name", "personal", "Nothing was read")),
    "KoBo phone, place and birth date": (
        sheet(line(COUNT)).replace(b"source,notes", b"respondent/phone_number,_gps_latitude"),
        1,
        18,
        ("respondent/phone_number, _gps_latitude look personal",),
    ),
    "birth dates": (sheet(line(COUNT)).replace(b"notes", b"date of birth"), 1, 19, ("date of birth looks personal",)),
    "telephone number in a note": (sheet(line(COUNT, notes="call +91 98290 12345")),
        2, 19, ("row 2", '"notes"', "telephone number", "Nothing was read")),
    "position in a note": (sheet(line(COUNT, notes="25.23410 75.44120")), 2, 19, ("position of a place",)),
    "e-mail address": (sheet(line(COUNT, source="a.b@c.org")), 2, 18, ("e-mail address",)),
    "negative count": (sheet(line(COUNT, value="-5")), 2, 9, ("row 2", 'value is "-5"', "whole number")),
    "more children than there are": (sheet(line(COUNT, value="20000000")),
        2, 9, ('value is "20000000"', "ten million")),
    "half a child": (sheet(line(COUNT, value="12.5")), 2, 9, ('value is "12.5"', "whole number")),
    "words for a number": (sheet(line(COUNT, value="about 600")), 2, 9, ('value is "about 600"', "not a number")),
    "number that may be two": (sheet(line(COUNT, value="1,250")), 2, 9, ('value is "1,250"', "two ways", "1250")),
    "two decimal marks": (sheet(line(RATE, value="23,5"), line(RATE, value="24.5", period_start="2015-04")),
        2, 9, ("another decimal mark",)),
    "empty value": (sheet(line(COUNT, value="")), 2, 9, ("value is empty", "write 0")),
    "misspelled indicator": (sheet(line(COUNT, indicator="withdrawn_to_scool")),
        2, 5, ('Did you mean "withdrawn_to_school"?',)),
    "no definition": (sheet(line(RATE, definition_id="")),
        2, 6, ("definition_id is empty", "sdg871-ea-hc", "clfz list definitions")),
    "unknown definition": (sheet(line(RATE, definition_id="sdg781-ea")), 2, 6, ('Did you mean "sdg871-ea"?',)),
    "definition of another indicator": (sheet(line(RATE, definition_id="sdg871-ea-hc")),
        2, 6, ("leaves housework out", "child_labour_with_chores_rate")),
    "crossed dates": (sheet(line(COUNT, period_start="2016-04", period_end="2015-05")),
        2, 4, ("lies before period_start", "exchanged")),
    "month 13": (sheet(line(COUNT, period_start="2015-13")), 2, 3, ("no month 13",)),
    "day first": (sheet(line(COUNT, period_start="01/05/2015")),
        2, 3, ('period_start is "01/05/2015"', "Write 2015-05")),
    "30 February": (sheet(line(COUNT, period_start="2015-02-30")), 2, 3, ("no day 30",)),
    "no date": (sheet(line(COUNT, period_start="")), 2, 3, ("period_start is empty",)),
    "unknown country": (sheet(line(COUNT, country_iso3="Indja")), 2, 2, ('Did you mean "india"?', "three letters")),
    "no area": (sheet(line(COUNT, area="")), 2, 1, ("area is empty",)),
    "unknown sex": (sheet(line(RATE, sex="children")), 2, 7, ("all, girls, boys",)),
    "unknown age": (sheet(line(RATE, age="6-13")), 2, 8, ("5-17, 5-14, 5-11",)),
    "per cent without its unit": (sheet(line(RATE, unit="")), 2, 9, ("between 0 and 1", '"23%"')),
    "rate above 100": (sheet(line(RATE, value="230")), 2, 9, ("between 0 and 100",)),
    "count in per cent": (sheet(line(COUNT, unit="percent")), 2, 10, ("counts children",)),
    "part larger than the whole": (sheet(line(RATE, numerator="120", denominator="100")),
        2, 11, ("numerator is 120 and denominator 100",)),
    "crossed interval": (sheet(line(RATE, ci_low="30", ci_high="20")), 2, 14, ("ci_low", "above ci_high")),
    "value outside its interval": (sheet(line(RATE, ci_low="25", ci_high="30")), 2, 9, ("does not lie between",)),
    "half an interval": (sheet(line(RATE, ci_low="20")), 2, 15, ("ci_high is empty",)),
    "half an interview": (sheet(line(RATE, n_sample="40.5")), 2, 13, ("interviews",)),
    "coverage above 1": (sheet(line(COUNT, coverage="1.4")), 2, 16, ("at most 1",)),
    "unknown use": (sheet(line(COUNT, use="maybe")), 2, 17, ("fit, check or ignore",)),
    "same figure twice": (sheet(line(COUNT), line(COUNT, value="600")), 3, 3, ("row 3", "row 2 has it already")),
    "overlapping periods": (sheet(line(COUNT), line(COUNT, period_start="2016-01", period_end="2016-12")),
        3, 3, ("overlaps row 2", "counted twice")),
    "everything ignored": (sheet(line(COUNT, use="ignore")), 1, 0, ("every row says ignore",)),
    "targets: unknown definition": (
        records(RECORD + ",ucw-2080").replace(b"reported_total", b"reported_total,definition_id"),
        2,
        10,
        ('Did you mean "ucw-2008"?',),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_in_one_sentence_each(name, tmp_path):
    content, row, column, said = BAD[name]
    path = tmp_path / "my.csv"
    path.write_bytes(content)
    found, problems, _ = check_field(path)
    assert found is None
    first = problems[0]
    assert (first.line, first.column) == (row, column), str(first)
    for words in said:
        assert words in first.message
    assert len(problems) == (2 if name == "two decimal marks" else 1), [
        str(problem) for problem in problems
    ]
    for problem in problems:
        assert "\n" not in str(problem)
        assert problem.message.rstrip().endswith((".", "?", '"', "template", "definitions")), (
            problem
        )
        assert "Traceback" not in problem.message
    with pytest.raises(InputError):
        read_field(path)


def test_all_mistakes_come_at_once_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "my.csv"
    path.write_bytes(
        sheet(
            line(COUNT, value="x", period_start="2015-13"),
            line(RATE, definition_id="", sex="?"),
            line(COUNT, indicator="in_bridge_school"),
            line(COUNT, country_iso3="XXX", indicator="reported_total"),
        )
    )
    _, problems, _ = check_field(path)
    assert [problem.line for problem in problems] == [2, 2, 3, 3, 5]
    assert [problem.column for problem in problems] == [3, 9, 6, 7, 2]


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "mydata.csv").write_bytes(sheet(line(COUNT)))
    _, problems, _ = check_field(tmp_path / "my-data.csv")
    assert "no such file" in problems[0].message
    assert "mydata.csv" in problems[0].message
    _, problems, _ = check_field(tmp_path)
    assert "folder" in problems[0].message


def test_nothing_of_a_personal_cell_is_repeated(tmp_path):
    path = tmp_path / "my.csv"
    path.write_bytes(sheet(line(COUNT, notes="ask Asha at +91 98290 12345")))
    _, problems, _ = check_field(path)
    assert "98290" not in str(problems[0])
    assert "Asha" not in str(problems[0])
