"""One place says why a file operation failed; every layer tells it with the same words."""

import errno
import os
import re
from pathlib import Path

import pytest
from clfz.cli.mistakes import explain
from clfz.inputs.problems import advice, is_known, reason
from clfz.runs.results import ResultError, plain_errors
from clfz.runs.store import Store
from clfz.runs.study import StudyError

from tests.studies.conftest import tiny

ROOT = Path(__file__).parents[1]
KNOWN = {
    errno.ENOSPC: "the disk is full",
    errno.EACCES: "you have no permission to use it",
    errno.EROFS: "that disk can only be read",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENAMETOOLONG: "the name is too long",
}


@pytest.mark.parametrize("number", KNOWN)
def test_every_layer_says_the_same(number, tmp_path):
    error = OSError(number, os.strerror(number), str(tmp_path))
    assert is_known(error)
    assert reason(error) == KNOWN[number]
    assert explain(error) == (f"Cannot use {tmp_path}: {KNOWN[number]}.{advice(error)}", 2)
    with pytest.raises(ResultError, match=f": {KNOWN[number]}. "), plain_errors(tmp_path):
        raise error
    store = Store(tmp_path, tiny())
    with pytest.raises(StudyError, match=f": {KNOWN[number]}. "), store.plain_errors():
        raise error


def test_what_nobody_knows_is_told_in_one_line():
    odd = OSError(errno.ELOOP, "Too many levels of symbolic links")
    assert not is_known(odd)
    assert reason(odd) == f"[Errno {errno.ELOOP}] Too many levels of symbolic links"
    assert reason(ValueError("Not a file.\nAt all.")) == "Not a file"
    assert reason(ValueError()) == "ValueError"
    assert advice(odd) == ""


def test_only_one_place_knows_the_numbers_of_errors():
    """`fcntl` and tests may; a second list of reasons may not."""
    importers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("sim", "calibration", "experiments")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(import|from) errno\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importers == ["sim/clfz/inputs/problems.py"]
