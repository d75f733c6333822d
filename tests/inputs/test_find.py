import subprocess
import sys

import pytest
from clfz.inputs import InputError, find


@pytest.mark.parametrize("path", ["a/b", "x.yaml", "x.YML", "./x", "../x.yaml"])
@pytest.mark.parametrize("name", ["budhpura", "mali-1", "x.csv", ""])
def test_a_path_is_told_from_a_name(path, name):
    assert find.is_path(path)
    assert not find.is_path(name)


def test_a_name_is_found_and_a_path_is_taken_as_it_is(tmp_path):
    assert find.locate("zone", "budhpura").is_file()
    assert find.locate("zone", "./somewhere.yaml").name == "somewhere.yaml"
    assert find.locate("zone", tmp_path) == tmp_path


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path, monkeypatch):
    with pytest.raises(InputError) as caught:
        find.locate("zone", "budhpurra")
    assert str(caught.value) == (
        '"budhpurra" is not a known zone. Did you mean "budhpura"? All: clfz list zones'
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-zone.yaml").touch()
    with pytest.raises(InputError) as caught:
        find.locate("zone", "my-zone")
    assert str(caught.value) == (
        '"my-zone" is not a known zone. For the file in this folder write ./my-zone.yaml. '
        "All: clfz list zones"
    )


@pytest.mark.parametrize("name", ["../zones/budhpura", "a\x00b", "*", "budhpura/../mali-1"])
def test_a_name_cannot_lead_elsewhere(name):
    assert find.is_path(name) or name not in find.names("zone")


def test_paths_are_shown_as_short_as_they_can_be_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find.shown_path(tmp_path / "a" / "b.yaml") == "a/b.yaml".replace("/", find.os.sep)
    assert find.shown_path(tmp_path.parent / "b.yaml") == str(tmp_path.parent / "b.yaml")


def test_finding_files_imports_nothing_heavy():
    code = (
        "import sys, clfz.inputs.find as f; f.names('zone'); heavy = {'numpy', 'pandas', 'numba', "
        "'pydantic', 'ruamel', 'matplotlib', 'mesa'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
