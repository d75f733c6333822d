"""`clfz bench` shows what `clfz.bench.measure` finds."""

import json
import sys
from types import ModuleType

import pytest

FOUND = {"ns_per_child_month_1_thread": 51.234, "twin_ratio": 812.0, "bytes_per_child": 304}
FOUND |= {"months_ns": 56.12}


@pytest.fixture(autouse=True)
def _measured(monkeypatch):
    made = ModuleType("clfz.bench")

    def measure(progress):
        progress(0, 2, "Preparing")
        progress(2, 2, "A small job")
        return FOUND

    made.measure = measure
    monkeypatch.setitem(sys.modules, "clfz.bench", made)


def test_bench_in_words(clfz):
    done = clfz("bench")
    lines = done.stdout.splitlines()
    assert "100 %  A small job: 2 of 2" in done.stderr
    assert lines[2] == "51.2 ns    time for one child and month, one thread"
    assert lines[3] == "812 times  how often faster than the reference implementation"
    assert lines[-1] == "56.1   months_ns"


def test_bench_in_json(clfz):
    done = clfz("bench", "--json", "--quiet")
    assert json.loads(done.stdout) == FOUND
    assert done.stderr == ""
