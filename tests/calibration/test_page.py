"""The page of parameters says what the model reads."""

from clfz.inputs.parameters import load_parameters
from clfz.programme.levers import LEVERS
from clfz.report.parameters_page import PAGE, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m clfz.report.parameters_page"


def test_every_parameter_and_lever_has_one_row():
    names = [line.split("`")[1] for line in page().splitlines() if line.startswith("| `")]
    listed = [each.name for each in load_parameters()] + [each.name for each in LEVERS]
    assert sorted(names) == sorted(listed)


def test_no_cell_breaks_a_table():
    widths = set()
    for line in page().splitlines():
        if line.startswith("|"):
            widths.add(line.replace("\\|", "").count("|"))
    assert widths == {9, 7}
