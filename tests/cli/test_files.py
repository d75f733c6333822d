"""`clfz check`, `clfz schema`, `clfz new`."""

import errno
import json
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from clfz.inputs import find
from clfz.inputs.load import KINDS


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("zone", "OK. A zone of 2450 children, "),
        ("programme", "OK. A programme of 6 interventions."),
        ("shock", "OK. A shock: "),
        ("comparison", "OK. 8 programmes, 9 years, 100 replications."),
    ],
)
def test_a_sound_file_is_ok_and_says_what_is_in_it(clfz, kind, told):
    name = {"zone": "budhpura", "programme": "area-based", "shock": "drought"}.get(kind, "headline")
    done = clfz("check", str(find.locate(kind, name)))
    assert done.exit_code == 0
    assert done.stdout.startswith(told)
    assert done.stderr == ""


def test_what_deserves_a_look_is_said_and_is_no_mistake(clfz):
    done = clfz("check", str(find.locate("comparison", "quick")))
    assert done.exit_code == 0
    assert "1 thing to look at:" in done.stdout
    assert "8 replications" in done.stdout


def test_problems_go_to_the_error_stream_with_their_place(clfz, tmp_path):
    good = find.locate("programme", "none")
    (tmp_path / "bad.yaml").write_text(
        'name: "bad"\ntitle: "T"\nsummary: "S"\ninterventions:\n  - kind: bridge_schools\n'
        "    seats: 40\n  - kind: awareness\n    strength: many\n",
        encoding="utf-8",
    )
    done = clfz("check", "bad.yaml", str(good))
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert lines[0].startswith("bad.yaml:6:5: ")
    assert 'Did you mean "seats_per_1000_children"?' in lines[0]
    assert lines[1].startswith("bad.yaml:8:15: ")
    assert "none.yaml: OK." in done.stdout
    facts = json.loads(clfz("check", "bad.yaml", str(good), "--json").stdout)
    assert [file["ok"] for file in facts["files"]] == [False, True]
    assert facts["files"][0]["problems"][0]["line"] == 6


@pytest.mark.parametrize("kind", KINDS)
def test_schema_prints_json_schema(clfz, kind):
    assert json.loads(clfz("schema", kind).stdout)["$schema"]
    assert kind in clfz("schema").stdout.split()


def test_schema_is_written_in_a_checkout_only(clfz, tmp_path, monkeypatch):
    shipped = tmp_path / "copy" / "scenarios"
    monkeypatch.setattr("clfz.inputs.find.scenarios_folder", lambda: shipped)
    monkeypatch.setattr("clfz.inputs.schema.scenarios_folder", lambda: shipped)
    done = clfz("schema", "--write")
    assert done.exit_code == 2
    assert "this is an installed copy" in done.stderr
    shipped.mkdir(parents=True)
    (shipped.parent / "pyproject.toml").touch()
    assert clfz("schema", "--write").exit_code == 0
    assert len(list((shipped / "schema").iterdir())) == len(KINDS)


@pytest.mark.parametrize("kind", find.FOLDERS)
def test_new_gives_a_file_that_checks_as_it_is(clfz, tmp_path, kind):
    done = clfz("new", kind, f"my-{kind}.yaml")
    assert done.exit_code == 0, done.output
    assert f"clfz check my-{kind}.yaml" in done.stdout
    text = (tmp_path / f"my-{kind}.yaml").read_text(encoding="utf-8")
    assert f'name: "my-{kind}"' in text
    assert f'title: "My {kind}"' in text
    schema = text.splitlines()[0].partition("$schema=")[2]
    assert (tmp_path / schema).resolve() == find.scenarios_folder() / f"schema/{kind}.schema.json"
    checked = clfz("check", f"my-{kind}.yaml")
    assert checked.exit_code == 0, checked.output


def test_new_never_overwrites(clfz, tmp_path):
    (tmp_path / "mine.yaml").write_text("precious", encoding="utf-8")
    done = clfz("new", "zone", "mine")
    assert done.exit_code == 2
    assert done.stderr == "mine.yaml is there already. Give another name.\n"
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "precious"


def test_new_needs_a_name_and_a_folder(clfz):
    done = clfz("new", "zone", "_.yaml")
    assert done.exit_code == 2
    assert (
        done.stderr == '"_.yaml" has no letter or digit in it. Write, for example, my-zone.yaml.\n'
    )
    done = clfz("new", "zone", "nowhere/mine.yaml")
    assert done.exit_code == 2
    assert done.stderr == "Cannot write nowhere/mine.yaml: there is no folder nowhere.\n"


def test_new_leaves_no_half_file(clfz, monkeypatch):
    whole = Path.open

    @contextmanager
    def full(path):
        path.touch()
        yield StringIO()
        raise OSError(errno.ENOSPC, "No space left on device")

    def opened(path, mode="r", *rest, **more):
        return full(path) if mode == "x" else whole(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", opened)
    done = clfz("new", "zone", "mine.yaml")
    assert done.exit_code == 2
    assert done.stderr == "Cannot write mine.yaml: the disk is full.\n"
    assert not Path("mine.yaml").exists()


def test_new_names_the_next_command_as_one_types_it(clfz):
    assert "clfz check 'my zone.yaml'" in clfz("new", "zone", "my zone").stdout
