"""Each file of `bad_files.txt` is wrong in some way and says at its end, after `#>`, what must be told.

A file starts with `=== its name`; `@study`, `@comparison` and `@programme` stand for the usual first lines of one.
"""

import re
from pathlib import Path

import pytest
from clfz.inputs import check_file

HEADS = {
    "@study": "name: {}\ntitle: T\nquestion: Q\nzones: [budhpura]\nprogrammes: [none, cash-transfer]\n"
    "programme_months: 24\nafter_months: 12\nreplicates: 5",
    "@comparison": "name: {}\ntitle: Test\nquestion: Which?\nzone: budhpura",
    "@programme": "name: {}\ntitle: Plan\nsummary: A test.",
}


def _files() -> dict[str, str]:
    """Name of a file -> its text, with what must be told at its end."""
    table = Path(__file__).with_name("bad_files.txt").read_text(encoding="utf-8")
    files = {}
    for part in re.split(r"^=== ", table, flags=re.MULTILINE)[1:]:
        name, text = part.split("\n", 1)
        first, *rest = text.split("\n", 1)
        if first in HEADS:
            text = "\n".join([HEADS[first].format(Path(name).stem), *rest])
        files[name] = text
    return files


FILES = _files()
CASES = [name for name in FILES if name.endswith(".yaml")]


def write_all(folder: Path) -> None:
    """Write every file of the table: some of them name others."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("bad")
    write_all(made)
    return made


@pytest.mark.parametrize("name", CASES)
def test_what_is_told_about_a_bad_file(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    problems = check_file(name).problems
    found = [str(problem).removeprefix(name).lstrip(": ") for problem in problems]
    wanted = [row[3:] for row in FILES[name].splitlines() if row.startswith("#> ")]
    assert wanted
    # A list of everything that ships may grow: "..." stands for the rest of a line.
    cut = [
        text[: len(want) - 3] + "..." if want.endswith("...") else text
        for text, want in zip(found, wanted, strict=False)
    ]
    assert cut + found[len(cut) :] == wanted
    for word in ("Input should", "pydantic", "dict", "tuple", "NoneType", "{here}", "ruamel"):
        assert not [line for line in found if word in line]  # no word of the libraries
