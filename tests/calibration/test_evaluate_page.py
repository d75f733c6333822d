"""The page for evaluators: its commands run in an empty folder, and what it names is there."""

import re
import shlex
from pathlib import Path

from clfz.cli.app import app
from typer.testing import CliRunner

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```\n(.*?)```", PAGE, re.S) for line in block.splitlines()]
QUICK = ["--draws", "6", "--replicates", "1"]


def clfz(*words):
    return CliRunner().invoke(app, list(words), prog_name="clfz")


def test_the_commands_of_the_page_run_in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("zone", "programme"):
        made = clfz("new", kind, "my-district.yaml" if kind == "zone" else "my-programme.yaml")
        assert made.exit_code == 0, made.output
    for line in LINES:
        words, _, target = line.partition(" > ")
        command = shlex.split(words)
        assert command[0] == "clfz"
        quick = QUICK if "results" not in line and command[1] == "evaluate" and not target else []
        done = clfz(*command[1:], *quick)
        if target:
            # somebody fills it in: the rows no longer say ignore
            Path(target).write_text(done.stdout.replace(",ignore,", ",fit,"))
        assert done.exit_code == 0, (line, done.output)
    assert Path("results/evaluate-budhpura/report.html").is_file()
    assert Path("results/evaluate-my-data/report.html").is_file()


def test_every_file_that_is_named_is_there():
    for name in re.findall(r"`((?:calibration|tests|docs)/[^`]+)`", PAGE):
        assert (ROOT / name).exists(), name
