"""Every bad file of `tests/inputs/bad`, given to the command line: told, exit code 2, nothing written."""

from pathlib import Path

import pytest

BAD = Path(__file__).parents[1] / "inputs" / "bad"
FILES = sorted(BAD.glob("*.yaml"))
WAYS = (("check", "{}"), ("compare", "{}"), ("run", "budhpura", "{}"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_file_ends_every_command_with_its_mistakes(clfz, engine, file):
    for way in WAYS:
        done = clfz(*(word.format(file) for word in way))
        assert done.exit_code == 2, (way, done.output)
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert lines
        assert all(str(file) in line or file.parent.name in line for line in lines), (way, lines)
        assert not [line for line in lines if line.startswith((" ", "Traceback", "Usage"))]
    assert not engine.asked
    assert not any(Path(".").iterdir())
