"""The help teaches, answers at once, and every command that is named anywhere exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from clfz.cli import options
from clfz.cli.app import app

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "numba", "matplotlib", "mesa", "scipy", "pyarrow", "jinja2", "ruamel")
NAMES = [each.name for each in app.registered_commands]


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv[1:] = ['--help']\n"
        "from clfz.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        f"print(code, sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_help_has_first_commands_for_three_users(clfz):
    done = clfz("--help")
    assert done.exit_code == 0
    for who in ("You plan programmes:", "You do research:", "You evaluate:"):
        assert who in done.stdout
    assert clfz().stdout == done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_each_command_explains_itself_with_examples(clfz, name):
    done = clfz(name, "--help")
    assert done.exit_code == 0
    assert f"  clfz {name}" in done.stdout.split("Examples:")[1]


def test_what_examples_set_may_be_set():
    """A number in an example of `--set` lies within its range."""
    text = (ROOT / "sim" / "clfz" / "cli" / "runs.py").read_text(encoding="utf-8")
    found = re.findall(r"--set (\S+=[\w.]+)", text)
    assert found
    for each in found:
        options.overrides([each])


def test_version(clfz, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"1.2 of {name}")
    assert clfz("--version").stdout == "clfz 1.2 of clfz\n"


def test_every_command_that_is_named_exists():
    """Messages, help and pages send people to commands; none may lead nowhere."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    files = [*(ROOT / "sim").rglob("*.py"), *pages, ROOT / "Makefile"]
    found = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        # A command is quoted, stands alone on its line, or comes after "All:", "More:" and such.
        pattern = r"(?:`|: |bin/|^ +)clfz ([a-z]+)\b"
        for word in re.findall(pattern, text, re.M):
            found.setdefault(word, str(file.relative_to(ROOT)))
    assert {"compare", "zones"} <= set(found)
    assert not {word: file for word, file in found.items() if word not in NAMES}


def test_help_names_things_as_one_types_them(clfz):
    usage = {name: clfz(name, "--help").stdout for name in NAMES}
    assert usage["run"].startswith("Usage: clfz run [OPTIONS] ZONE PROGRAMME\n")
    assert usage["compare"].startswith("Usage: clfz compare [OPTIONS] [FILE]\n")
    assert usage["check"].startswith("Usage: clfz check [OPTIONS] FILE...\n")
    assert not [name for name, text in usage.items() if re.search(r"[{}<]|\[\[", text)]
