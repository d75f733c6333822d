"""The command as a process of its own: pipes that close, signals, full outputs."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A stand-in engine that never ends.
SLOW = """
import sys, time, types
made = types.ModuleType("clfz.comparisons")
def compare(comparison, **settings):
    settings["progress"](1, 4, "runs")
    time.sleep(60)
made.compare = compare
sys.modules["clfz.comparisons"] = made
from clfz.cli import main
main()
"""
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def start(*words: str, cwd: Path, **settings: object) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "sim"), str(ROOT)))}
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=cwd,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
        **{"stdout": subprocess.PIPE, **settings},
    )


def test_the_module_is_the_command(tmp_path):
    done = start("-m", "clfz", "zones", "--json", cwd=tmp_path)
    out, err = done.communicate(timeout=60)
    assert done.returncode == 0, err
    assert out.startswith("{")
    assert err == ""


def test_a_bad_name_ends_with_2(tmp_path):
    done = start("-m", "clfz", "zones", "budpura", cwd=tmp_path)
    out, err = done.communicate(timeout=60)
    assert done.returncode == 2
    assert out == ""
    assert err == 'there is no zone "budpura". Did you mean "budhpura"? All: clfz zones\n'


@POSIX
def test_ctrl_c_stops_with_a_sentence_and_writes_nothing(tmp_path):
    running = start("-c", SLOW, "compare", "quick", cwd=tmp_path)
    assert running.stderr is not None
    assert running.stderr.readline().strip().startswith("20 %")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == ""
    assert err == "\nStopped. Nothing was written.\n"
    assert not any(tmp_path.iterdir())


@POSIX
def test_ctrl_c_stops_the_real_engine_and_says_what_is_kept(tmp_path):
    running = start("-m", "clfz", "compare", "quick", "--draws", "400", cwd=tmp_path)
    assert running.stderr is not None
    # Preparing may take minutes, when the engine is compiled first.
    while "Running" not in (line := running.stderr.readline()):
        assert line
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    (kept,) = (tmp_path / "results").iterdir()
    assert re.fullmatch(r"\.quick\.unfinished-[0-9a-f]{8}", kept.name)
    assert re.search(
        rf"\nStopped\. [1-9]\d* of 1600 runs are kept in results/{kept.name}\. The same command goes on; "
        r"to throw them away, delete that folder\.\n$",
        err,
    )


@pytest.mark.parametrize("where", ["typer.core.TyperGroup.make_context", "clfz.cli.app.app"])
def test_ctrl_c_before_a_command_has_begun_is_said_too(tmp_path, where):
    code = (
        "import clfz.cli, clfz.cli.app, unittest.mock\n"
        f"with unittest.mock.patch({where!r}, side_effect=KeyboardInterrupt): clfz.cli.main()\n"
    )
    done = start("-c", code, "compare", cwd=tmp_path)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out, err) == (130, "", "\nStopped. Nothing was written.\n")


@POSIX
def test_a_pipe_that_closes_early_is_no_error(tmp_path):
    running = start("-m", "clfz", "zones", "budhpura", cwd=tmp_path)
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate(timeout=60)
    assert err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_is_said(tmp_path):
    with Path("/dev/full").open("w") as full:
        running = start("-m", "clfz", "zones", cwd=tmp_path, stdout=full)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert err.startswith("That cannot be done: the disk is full.")
    assert err.count("\n") == 1
