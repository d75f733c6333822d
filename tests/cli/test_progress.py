"""Progress: one plain line a tenth in a pipe, a bar on a terminal, never on standard output."""

import sys

import pytest
from clfz.cli import console


def test_one_line_for_each_tenth_with_the_time_left(capsys):
    now = iter(float(second) for second in range(1000))
    moved = console.Lines(clock=lambda: next(now))
    for done in range(101):
        moved(done, 100, "runs")
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 11
    assert lines[0] == "  0 %  runs: 0 of 100"
    assert lines[5] == " 50 %  runs: 50 of 100, about 50 s left"
    assert lines[10] == "100 %  runs: 100 of 100, 2 min in all"


def test_a_second_stage_starts_anew(capsys):
    moved = console.Lines(clock=lambda: 0.0)
    for what in ("preparing", "runs"):
        moved(0, 2, what)
        moved(2, 2, what)
    assert [
        line.split("%")[1].split(":")[0].strip() for line in capsys.readouterr().err.splitlines()
    ] == [*("preparing", "preparing", "runs", "runs")]


def test_the_time_left_is_that_of_the_present_stage(capsys):
    now = iter([0.0, 0.0, 40.0, 42.0, 44.0, 50.0])
    moved = console.Lines(clock=lambda: next(now))
    for done, what in ((0, "preparing"), (2, "runs"), (4, "runs"), (6, "runs"), (10, "runs")):
        moved(done, 10, what)
    assert capsys.readouterr().err.splitlines()[1:] == [
        " 20 %  runs: 2 of 10",
        " 40 %  runs: 4 of 10, about 6 s left",
        " 60 %  runs: 6 of 10, about 4 s left",
        "100 %  runs: 10 of 10, 50 s in all",
    ]


def test_nothing_to_do_is_no_error(capsys):
    console.Lines()(0, 0, "runs")
    assert capsys.readouterr().err.startswith("  0 %")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 s"), (8.4, "8 s"), (89, "89 s"), (90, "2 min"), (600, "10 min"), (7800, "2 h 10 min")],
)
def test_durations_in_words(seconds, words):
    assert console.duration(seconds) == words


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with console.progress(quiet=False) as moved:
        moved(1, 2, "runs")
        moved(2, 2, "runs")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2/2" in captured.err


def test_quiet_is_silent(capsys):
    with console.progress(quiet=True) as moved:
        moved(1, 2, "runs")
    assert capsys.readouterr() == ("", "")
