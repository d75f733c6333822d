"""Lists, and one thing explained: readable, complete, and as one JSON object."""

import json

import pytest
from clfz.inputs import find
from clfz.programme.interventions import registry

LISTS = ("zones", "programmes", "interventions", "shocks", "indicators", "parameters")


@pytest.mark.parametrize("kind", ["zone", "programme", "shock"])
def test_every_shipped_file_is_listed_and_explained(clfz, kind):
    listed = clfz(f"{kind}s")
    assert listed.exit_code == 0
    first_words = {line.split()[0] for line in listed.stdout.splitlines() if line.strip()}
    assert set(find.names(kind)) <= first_words
    for name in find.names(kind):
        done = clfz(f"{kind}s", name)
        assert done.exit_code == 0
        assert len(done.stdout) > 80


@pytest.mark.parametrize("what", [*LISTS, "comparisons", "countries", "definitions", "levers"])
def test_list_lists_everything(clfz, what):
    done = clfz("list", what)
    assert done.exit_code == 0
    assert what in clfz("list").stdout.split()
    if what in LISTS:
        assert done.stdout == clfz(what).stdout
    assert isinstance(json.loads(clfz("list", what, "--json").stdout), dict)


@pytest.mark.parametrize(
    "words",
    [
        *((name,) for name in LISTS),
        ("zones", "budhpura"),
        ("programmes", "area-based"),
        ("interventions", "bridge_schools"),
        ("shocks", "drought"),
        ("shocks", "wage_slump"),
        ("indicators", "child_labour_rate"),
        ("parameters", "subsistence"),
        ("parameters", "teachers"),
    ],
    ids=" ".join,
)
def test_json_is_one_object(clfz, words):
    done = clfz(*words, "--json")
    assert done.exit_code == 0
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stderr == ""


def test_a_zone_shows_each_figure_with_range_and_source(clfz):
    from clfz.inputs import load_zone

    text = clfz("zones", "budhpura").stdout
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}
    for path, figure in load_zone("budhpura").quantities():
        row = " ".join(rows[".".join(map(str, path))])
        assert figure.source.split()[0] in row
    assert "girls 12-14" in text


@pytest.mark.parametrize("kind", registry())
def test_an_intervention_shows_every_field_it_has(clfz, kind):
    facts = json.loads(clfz("interventions", kind, "--json").stdout)
    names = {field["name"].split(".")[0] for field in facts["fields"]}
    cls = registry()[kind]
    assert names == {info.alias or name for name, info in cls.model_fields.items()}
    text = clfz("interventions", kind.replace("_", "-")).stdout
    for field in facts["fields"]:
        assert field["name"] in text.split()
        assert field["meaning"]


def test_a_measure_of_the_comparison_table_is_explained_too(clfz):
    assert "child_labour_rate" in clfz("indicators", "child_labour_rate@end").stdout


def test_names_are_never_broken_on_a_narrow_terminal(clfz, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert "child_years_out_of_labour_gained" in clfz("indicators").stdout.split()


@pytest.mark.parametrize("width", [72, 80, 100, 120])
def test_a_table_keeps_every_word_whole(clfz, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    for kind in registry():
        told = json.loads(clfz("interventions", kind, "--json").stdout)
        shown = clfz("interventions", kind).stdout.split()
        for field in told["fields"]:
            assert set(field["meaning"].split()) <= set(shown), (kind, field["name"])
