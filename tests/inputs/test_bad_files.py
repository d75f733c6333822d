"""Each file in `bad/` is wrong in some way and says at its end, after `#>`, what must be told."""

from pathlib import Path

import pytest
from clfz.inputs import check_file

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))


def expected(file: Path) -> list[str]:
    rows = file.read_text(encoding="utf-8").splitlines()
    return [row.removeprefix("#> ") for row in rows if row.startswith("#> ")]


def told(file: Path) -> list[str]:
    """The problems as shown, without the path of the file itself."""
    _, problems, _ = check_file(file)
    own = next((p.file for p in problems if Path(p.file).name == file.name), "")
    return [str(problem).removeprefix(own).lstrip(": ") for problem in problems]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_told_about_a_bad_file(file, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    found, wanted = told(file), expected(file)
    assert wanted
    # A list of everything that ships may grow: "..." stands for the rest of a line.
    cut = [
        text[: len(want) - 3] + "..." if want.endswith("...") else text
        for text, want in zip(found, wanted, strict=False)
    ]
    assert cut + found[len(cut) :] == wanted


def test_there_are_many():
    assert len(FILES) >= 60


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_word_of_the_libraries_reaches_the_reader(file):
    for line in told(file):
        for word in ("Input should", "pydantic", "dict", "tuple", "NoneType", "{here}", "ruamel"):
            assert word not in line
