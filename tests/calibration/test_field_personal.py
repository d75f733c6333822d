"""What belongs to one person or one home is refused, by the header or by the cell; totals and dates are not."""

import pytest
from clfz.inputs.field import check_field, columns

PERSONAL = (
    *("Names of pupils", "students names", "pupils_name", "girls names", "childs name", "child's name"),
    *("children's names", "parents names", "mothers name", "noms des enfants", "nom de l'élève"),
    *("household head", "head of household", "Name of head of household", "head teacher"),
    *("initials", "tel", "Tel.", "phones", "hhid", "HHID", "childid", "studentName", "family name"),
    *("birth_year", "year of birth", "birth year", "yob", "place of birth", "Date de naissance"),
    *("pupil ids", "students_id", "ID of child", "children_ids", "household code", "child no"),
    *("participant name", "respondent/full_name", "beneficiary", "list of pupils"),
    *("supervisor name", "enumerator", "interviewer id", "roll number", "admission no"),
    *("child_name", "name", "Phone", "gps_latitude", "_geolocation", "dob", "household_id", "pupil", "prénom"),
    *("HhId", "Prénom de l'enfant", "student no", "household number", "enumerator phone", "gps_lat"),
    *("child_name", "name", "Phone", "gps_latitude", "_geolocation", "dob", "household_id", "pupil", "prénom"),
)  # fmt: skip

INNOCENT = (
    *("area", "area_name", "area id", "school name", "name of village", "record", "record_id", "indicator"),
    *("year", "month", "children", "number of children", "girls", "boys", "girls and boys", "school"),
    *("schools", "telescope", "teachers", "households", "families", "beneficiaries", "persons"),
    *("no_girls", "number girls", "no of students", "number of households", "pupil_teacher_ratio"),
    *("births", "number of births", "birth rate", "children with birth certificate", "household size"),
    *("number_of_children_with_birth_certificate", "households headed by women", "initial_count", "list"),
    *("number of id cards given", "waiting list children", "children on waiting list", "share of girls"),
    *("zone", "number_of_children", "period_start"),
    *("hours", "status", "class", "n", "_id", "_uuid", "start", "end", "unit", "source", "order"),
)  # fmt: skip


def ours():
    """Every header that we read, under all its names."""
    both = {**columns.FIELD, **columns.RECORDS}
    return [name for own, others in both.items() for name in (own, *others.split())]


def test_personal_headers():
    assert [header for header in PERSONAL if not columns.personal(header)] == []


def test_headers_that_are_not_personal():
    assert [header for header in (*INNOCENT, *ours()) if columns.personal(header)] == []


def read(tmp_path, header, cell):
    path = tmp_path / "my.csv"
    text = "area;period_start;indicator;value;{};notes\nx;2015;withdrawn_to_school;7;{};{}\n"
    path.write_text(text.format(header, cell, ""), encoding="utf-8")
    return check_field(path)


@pytest.mark.parametrize("header", ["beneficiaries", "Pupils", "girls and boys", "household heads"])
def test_a_list_of_people_is_told_from_a_count_by_its_cells(header, tmp_path):
    assert read(tmp_path, header, "17")[0]
    assert read(tmp_path, header, "1.250,5")[0]
    assert read(tmp_path, header, "n/a")[0]
    found, (problem,), _ = read(tmp_path, header, "Asha and Ravi")
    assert found is None
    assert (problem.line, problem.column) == (2, 5)
    assert f'"{header}"' in problem.message
    assert "personal. Nothing was read." in problem.message
    assert "Asha" not in problem.message


TELEPHONES = (
    *("+256 772 123456", "0772-123-456", "(0772) 123456", "0772123456", "00256772123456"),
    *("+256772123456", "+256 (0) 772 123 456", "call 0772 123456.", "Asha,0772123456", "tel.0772123456"),
    *("ring the office at 98290 12345", "9829012345", "98290-12345", "76 12 34 56", "office 66 01 02 03"),
    *("on 01-05-2015 call 0772-123-456", "2015-05-01 10:00, +91 98290 12345", "01 23 45 67 89"),
)  # fmt: skip

NO_TELEPHONES = (
    *("0,0833333333", "0.0833333333", "12,0833333333", "-0,0833333333", "8,0833333333%", "+0.0833333333"),
    *("1234567890", "1.234.567.890", "5 000 000 000", "budget 10 000 000 000 UGX", ".0833333333"),
    *("01-05-2015 10:00", "01.05.2015 10:30", "01/05/2015 10:30:15", "2015-05-01T10:00:00.000+05:30"),
    *("01-05-2015", "05.2015-04.2016", "01.05.2015-30.04.2016", "from 01.05.2015 to 30.04.2016"),
    *("seen on 01-05-2015 10:00 by two", "between 0,0833333333 and 0,0952380952", "20150501103000"),
    *("0-4, 5-9, 10-14", "", "n/a", "0.9829012345", "doi.org/10.1080/9876543210", "98290 children, 12345 boys"),
    *("6 000 000 000", "9829012345678", "50 60 70 children"),
)  # fmt: skip


@pytest.mark.parametrize("cell", TELEPHONES)
def test_telephone_numbers_are_refused(cell, tmp_path):
    _, (problem,), _ = read(tmp_path, "extra", cell)
    assert "a telephone number" in problem.message
    assert cell not in problem.message


@pytest.mark.parametrize("cell", NO_TELEPHONES)
def test_numbers_and_dates_are_no_telephone_numbers(cell, tmp_path):
    _, problems, _ = read(tmp_path, "extra", cell)
    assert problems == []


@pytest.mark.parametrize(
    "cell", ["25°26'N 75°39'E", "25.43310, 75.64210", "the well at 13° 2\u2032 N"]
)
def test_positions_are_refused(cell, tmp_path):
    _, (problem,), _ = read(tmp_path, "extra", cell)
    assert "the position of a place" in problem.message


def test_a_temperature_is_no_position(tmp_path):
    assert read(tmp_path, "extra", "45 °C in May; 30° north of it")[1] == []


def test_a_share_with_many_decimals_is_read_with_a_comma(tmp_path):
    path = tmp_path / "my.csv"
    head = "area;period_start;indicator;definition_id;value;n_sample"
    path.write_text(f"{head}\nx;2015-05;child_labour_rate;sdg871-ea;0,0833333333;400\n")
    found, problems, _ = check_field(path)
    assert problems == []
    assert found.rows[0].value == pytest.approx(1 / 12)
