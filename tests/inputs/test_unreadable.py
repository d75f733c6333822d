"""Files of which nothing can be made: one sentence each, and never another error."""

import os

import pytest
from clfz.inputs import InputError, check_file, load_zone
from clfz.inputs.yaml_reader import MAX_BYTES, parse_yaml, read_text

SAVE = 'Save it as UTF-8 (in most editors: "Save as", encoding UTF-8).'
BYTES = {
    "utf-16": ("name: x".encode("utf-16"), f": this file is written in UTF-16. {SAVE}"),
    "utf-32": ("name: x".encode("utf-32"), f": this file is written in UTF-32. {SAVE}"),
    "utf-16 without a mark": (
        "name: x".encode("utf-16-le"),
        ": this is not a text file (it holds zero bytes). Give a .yaml file.",
    ),
    "picture": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        ": this is not a text file (it holds zero bytes). Give a .yaml file.",
    ),
    "latin-1": (
        "name: x\ntitle: Côte d'Ivoire\n".encode("latin-1"),
        f":2:9: this file is not UTF-8 text from here on. {SAVE}",
    ),
    "control character": (
        b"name: x\ntitle: a\x07b\n",
        ":2:9: there is a character here that cannot be shown (U+0007). Delete it.",
    ),
    "too large": (
        b"#" * (MAX_BYTES + 1),
        ": this is too large for an input file (more than 250 kB).",
    ),
}


def told(path) -> list[str]:
    return [str(problem).removeprefix(str(path)) for problem in check_file(path).problems]


@pytest.mark.parametrize("name", BYTES)
def test_what_is_told_about_bytes_that_are_no_text(tmp_path, name):
    raw, wanted = BYTES[name]
    file = tmp_path / "file.yaml"
    file.write_bytes(raw)
    assert told(file) == [wanted]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    file = tmp_path / "file.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: x\r\ntitle: \xc3\xa9\r\n")
    assert parse_yaml(read_text(file), "file").data == {"name": "x", "title": "é"}


def test_a_missing_file_and_its_neighbour(tmp_path):
    (tmp_path / "my-plan.yaml").write_text("a: 1\n", encoding="utf-8")
    assert told(tmp_path / "my-plant.yaml") == [
        f": there is no such file. Did you mean {tmp_path / 'my-plan.yaml'}?"
    ]
    assert told(tmp_path / "nowhere" / "my-plan.yaml") == [
        f": there is no such file. There is no folder {tmp_path / 'nowhere'} either."
    ]


def test_an_ending_makes_no_two_names_alike(tmp_path):
    (tmp_path / "my-zone.yaml").write_text("a: 1\n", encoding="utf-8")
    assert told(tmp_path / "nope.yaml") == [": there is no such file."]
    assert told(tmp_path / "area-based.yaml") == [
        ': there is no such file. What is shipped goes by its name alone: "area-based".'
    ]


def test_a_folder_is_no_file(tmp_path):
    assert told(tmp_path) == [": this is a folder. Give one .yaml file inside it."]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert told(tmp_path / "pipe.yaml") == [": this is not an ordinary file."]


@pytest.mark.parametrize("path", ["a\x00b.yaml", "x" * 5000 + ".yaml"])
def test_a_path_that_no_system_accepts(path):
    with pytest.raises(InputError, match="there is no such file"):
        load_zone(path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    file = tmp_path / "file.yaml"
    file.write_text("a: 1\n", encoding="utf-8")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    assert told(file) == [": this file may not be read: permission denied."]


def test_a_hundred_problems_are_enough():
    with pytest.raises(InputError) as caught:
        parse_yaml("\ta\n" * 5000, "file")
    assert len(caught.value.problems) == 100
    with pytest.raises(InputError) as caught:
        parse_yaml("a: 1\n" * 5000, "file")
    assert len(caught.value.problems) == 100


GROWTH = f"a: &a [{'x, ' * 1600}]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}, *{before}, *{before}]\n"
    for before, name in ("ab", "bc", "cd", "de")
)


def test_repeated_parts_are_counted_before_they_are_made():
    with pytest.raises(InputError, match="more than 20000 entries"):
        parse_yaml(GROWTH, "file")


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "{" * 200_000, "- " * 100_000, "? " * 100_000, "a: &a [*a, *a]\n" * 1000],
    ids=["lists", "groups", "entries", "keys", "aliases"],
)
def test_a_file_cannot_grow_or_sink(text):
    with pytest.raises(InputError):
        parse_yaml(text, "file")
