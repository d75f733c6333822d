"""Bad files of `tests/inputs/bad_files.txt`, given to the command line: told, exit code 2, nothing written."""

from pathlib import Path

import pytest

from tests.inputs.test_bad_files import write_all

FEW = [
    "alias-bomb",
    "comparison-bad-file",
    "comparison-missing-file",
    "decimal-comma",
    "many-at-once",
    "open-quote",
    "shock-settings",
    "study-table-range",
    "tab-indent",
    "unknown-setting",
]
WAYS = (("check", "{}"), ("compare", "{}"), ("run", "budhpura", "{}"))


@pytest.mark.parametrize("name", FEW)
def test_a_bad_file_ends_every_command_with_its_mistakes(clfz, engine, name, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    write_all(folder)
    file = folder / f"{name}.yaml"
    for way in WAYS:
        done = clfz(*(word.format(file) for word in way))
        assert done.exit_code == 2, (way, done.output)
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines
        assert all(str(folder) in line or folder.name in line for line in lines), (way, lines)
        assert not [line for line in lines if line.startswith((" ", "Traceback", "Usage"))]
    assert not engine.asked
    assert not any(Path(".").iterdir())
