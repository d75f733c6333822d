"""Compiling beside: what the other process compiled is found in the cache, and nothing depends on it."""

import importlib
import sys

import numba
import pytest

from sim.engine import elsewhere
from sim.engine.address import address

SIGNATURE = numba.int64(numba.int64)
SOURCE = """
from sim.engine.compiling import addressed


@addressed
def twice(n):
    return 2 * n
"""


@pytest.fixture
def twice(tmp_path, monkeypatch):
    """A function of a module of its own, with an empty cache."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "doubling.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(elsewhere.numba, "get_num_threads", lambda: 2)
    yield importlib.import_module("doubling").twice
    del sys.modules["doubling"]


def hits(function):
    return sum(function.stats.cache_hits.values())


def test_the_other_process_leaves_it_in_the_cache(twice):
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass
    address(twice, SIGNATURE)
    assert hits(twice) == 1


def test_nobody_is_asked_when_the_cache_has_it(twice, monkeypatch):
    address(twice, SIGNATURE)
    monkeypatch.setattr(elsewhere.subprocess, "Popen", lambda *_, **__: pytest.fail("a process"))
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass


def test_nobody_is_asked_on_one_thread(twice, monkeypatch):
    monkeypatch.setattr(elsewhere.numba, "get_num_threads", lambda: 1)
    monkeypatch.setattr(elsewhere.subprocess, "Popen", lambda *_, **__: pytest.fail("a process"))
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass


@pytest.mark.parametrize("interpreter", ["/nowhere/python", "", None, "false", "true"])
def test_it_is_compiled_here_when_the_other_process_fails(twice, monkeypatch, interpreter, capfd):
    monkeypatch.setattr(sys, "executable", interpreter)
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass
    address(twice, SIGNATURE)
    assert hits(twice) == 0
    assert capfd.readouterr() == ("", "")


def test_the_other_process_ends_with_this_one(twice, monkeypatch):
    started = []

    def start():
        started.append(real())
        return started[-1]

    real = elsewhere._start
    monkeypatch.setattr(elsewhere, "_start", start)
    with pytest.raises(KeyboardInterrupt), elsewhere.compiled_elsewhere(twice, SIGNATURE):
        raise KeyboardInterrupt
    assert started[0].poll() is not None
