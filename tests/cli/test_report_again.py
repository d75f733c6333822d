"""`clfz report` needs the tables and the manifest; what was made from them may be gone or edited."""

import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("plain_report")
FOLDER = Path("results/quick")


@pytest.fixture
def made(clfz, engine) -> Path:
    assert clfz("compare", "quick").exit_code == 0
    return FOLDER


@pytest.mark.parametrize(
    "harm",
    [
        lambda: (FOLDER / "report.html").unlink(),
        lambda: (FOLDER / "report.html").write_text("<p>our own words</p>", encoding="utf-8"),
        lambda: (FOLDER / "comparison.csv").unlink(),
        lambda: shutil.rmtree(FOLDER / "figures", ignore_errors=True),
    ],
    ids=["deleted", "edited", "no comparison.csv", "no figures"],
)
def test_a_report_that_is_gone_or_edited_is_made_again(clfz, made, harm):
    before = (made / "report.html").read_text(encoding="utf-8")
    harm()
    done = clfz("report", str(made))
    assert done.exit_code == 0, done.output
    assert (made / "report.html").read_text(encoding="utf-8") == before
    assert (made / "comparison.csv").is_file()


def test_notes_beside_a_result_stay(clfz, made):
    (made / "notes.txt").write_text("mine", encoding="utf-8")
    for _ in range(2):
        assert clfz("report", str(made)).exit_code == 0
        assert (made / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_numbers_that_were_changed_are_refused(clfz, made):
    file = made / "outcomes.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    before = (made / "report.html").read_text(encoding="utf-8")
    done = clfz("report", str(made))
    assert done.exit_code == 2
    assert done.stderr == f"{made} is not as written: outcomes.parquet was changed.\n"
    assert (made / "report.html").read_text(encoding="utf-8") == before
