"""`clfz bench` shows what `experiments.benchmarks.measure` finds."""

import json
import sys
from types import ModuleType

import pytest

FOUND = {"ns_per_child_month_1_thread": 51.234, "twin_ratio": 812.0, "bytes_per_child": 304}


@pytest.fixture(autouse=True)
def _measured(monkeypatch):
    made = ModuleType("experiments.benchmarks")
    made.measure = lambda: FOUND
    monkeypatch.setitem(sys.modules, "experiments.benchmarks", made)


def test_bench_in_words(clfz):
    lines = clfz("bench").stdout.splitlines()
    assert lines[2] == "51.2 ns    time for one child and month, one thread"
    assert lines[3] == "812 times  how often faster than the readable twin"


def test_bench_in_json(clfz):
    done = clfz("bench", "--json")
    assert json.loads(done.stdout) == FOUND
    assert done.stderr == ""
