"""The code in docs/studies.md runs as it stands there."""

import re
import warnings
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "studies.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("at", range(len(BLOCKS)))
def test_a_block_of_the_guide_runs(at, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = BLOCKS[at]
    for package in ("SALib",):
        if f"from {package}" in code:
            pytest.importorskip(package)
    known: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Mesa 3.3 and 3.5 warn of different arguments
        exec("import clfz\n" + code, known)
    if "done" in known:
        assert known["done"].complete
        assert len(known["done"].joined()) == 3 * 8 * 2
    if "found" in known:
        assert len(known["found"]) == 2
