"""The files that describe the project agree with each other."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Without MAKEFLAGS: these tests are often themselves started by make.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def constraints() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines]


def test_version_and_licence_are_the_same_everywhere(project):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    codemeta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert re.search(r"^version: (\S+)$", citation, re.M)[1] == project["version"]
    assert codemeta["version"] == project["version"]
    assert re.search(r"^license: (\S+)$", citation, re.M)[1] == project["license"]
    assert codemeta["license"].endswith(project["license"])


def test_constraints_name_no_host(constraints):
    assert not [str(line) for line in constraints if line.url]
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("python", ["3.11.9", "3.12.4", "3.13.1"])
def test_each_dependency_is_constrained_once_on_each_python(project, constraints, python):
    where = {
        "python_full_version": python,
        "python_version": python.rsplit(".", 1)[0],
        "sys_platform": "linux",
    }
    pinned: dict[str, list[str]] = {}
    for line in constraints:
        if line.marker is None or line.marker.evaluate(where):
            pinned.setdefault(canonicalize_name(line.name), []).append(str(line.specifier)[2:])
    assert not {name: versions for name, versions in pinned.items() if len(versions) > 1}
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)][0]), text


def test_an_old_python_is_refused_in_a_clear_sentence(tmp_path):
    old = tmp_path / "python-old"
    # A Python that believes to be older: the check reads sys.version_info only.
    old.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "import sys; sys.version_info = (3, 10, 13)\n$2"\n',
        encoding="utf-8",
    )
    old.chmod(0o755)
    done = make("compare", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode != 0
    assert (
        "Python 3.11 or newer is needed; this is 3.10.13. Try: make compare PYTHON=python3.12"
        in done.stderr
    )
    assert not (tmp_path / "venv").exists()


def test_every_make_target_is_explained():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = make("help").stdout
    assert set(re.findall(r"^  make ([a-z]+) ", shown, re.M)) == set(
        re.findall(r"^([a-z]+):", text, re.M)
    )


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if f"]({page})" not in index} == {"README.md"}
