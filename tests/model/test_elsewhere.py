"""Compiling beside: what the other process compiled is found in the cache, and nothing depends on it."""

import importlib
import os
import sys

import numba
import pytest
from clfz.model import elsewhere
from clfz.model.address import address, call
from clfz.model.compiling import kernel

SIGNATURE = numba.int64(numba.int64)
SOURCE = """
from clfz.model.compiling import addressed


@addressed
def twice(n):
    return 2 * n
"""


@kernel
def ask(where, n):
    return call(where, (n,))


@pytest.fixture
def twice(tmp_path, monkeypatch):
    """A function of a module of its own, with an empty cache."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "doubling.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(elsewhere, "_cores", lambda: 2)
    yield importlib.import_module("doubling").twice
    del sys.modules["doubling"]


def hits(function):
    return sum(function.stats.cache_hits.values())


def test_the_other_process_leaves_it_in_the_cache(twice):
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass
    assert ask(address(twice, SIGNATURE), 21) == 42
    assert hits(twice) == 1


def test_the_folder_where_one_stands_is_not_on_its_way(twice, tmp_path, monkeypatch):
    (tmp_path / "here" / "clfz").mkdir(parents=True)
    (tmp_path / "here" / "clfz" / "__init__.py").write_text("raise RuntimeError", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    test_the_other_process_leaves_it_in_the_cache(twice)


def test_nobody_is_asked_when_the_cache_has_it(twice, monkeypatch):
    address(twice, SIGNATURE)
    monkeypatch.setattr(elsewhere.subprocess, "Popen", lambda *_, **__: pytest.fail("a process"))
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass


def test_nobody_is_asked_on_one_thread(twice, monkeypatch):
    monkeypatch.setattr(elsewhere, "_cores", lambda: 1)
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


@pytest.mark.skipif(os.name != "posix", reason="needs an interpreter that is a script")
def test_nobody_waits_for_ever(twice, tmp_path, monkeypatch):
    idle(tmp_path, monkeypatch)
    monkeypatch.setattr(elsewhere, "PATIENCE_SECONDS", 0.2)
    with elsewhere.compiled_elsewhere(twice, SIGNATURE):
        pass
    assert ask(address(twice, SIGNATURE), 21) == 42
    assert hits(twice) == 0


@pytest.mark.skipif(os.name != "posix", reason="needs an interpreter that is a script")
def test_the_other_process_ends_with_this_one(twice, tmp_path, monkeypatch):
    started = []

    def start(*arguments):
        started.append(real(*arguments))
        return started[-1]

    real = elsewhere._start
    idle(tmp_path, monkeypatch)
    monkeypatch.setattr(elsewhere, "_start", start)
    with pytest.raises(KeyboardInterrupt), elsewhere.compiled_elsewhere(twice, SIGNATURE):
        raise KeyboardInterrupt
    assert started[0].returncode < 0


def idle(folder, monkeypatch):
    """An interpreter that never comes to its end."""
    script = folder / "python"
    script.write_text("#!/bin/sh\nexec sleep 1000\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
