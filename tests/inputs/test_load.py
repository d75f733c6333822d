"""Shipped files are sound, files name each other rightly, and kinds are told apart."""

from pathlib import Path

import pytest
from clfz.inputs import (
    Comparison,
    Programme,
    check,
    check_file,
    check_text,
    find,
    load_comparison,
    load_parameters,
    load_programme,
    load_shock,
    load_study_file,
    load_zone,
    to_yaml,
)
from clfz.programme.levers import Calendar, lever_path

LOADERS = {
    "zone": load_zone,
    "programme": load_programme,
    "shock": load_shock,
    "comparison": load_comparison,
    "study": load_study_file,
}
SHIPPED = [(kind, name) for kind in find.FOLDERS for name in find.names(kind)]
COMPARISON = "name: mine\ntitle: T\nquestion: Q\nzone: {zone}\nprogrammes: {programmes}\n"


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_shipped_file_is_sound_and_named_as_its_file(kind, name):
    checked = check_file(find.locate(kind, name))
    assert (checked.kind, checked.problems) == (kind, [])
    assert checked.value == LOADERS[kind](name)
    assert checked.value.name == name


def test_the_shipped_priors_are_sound():
    parameters = load_parameters()
    assert check_file(find.priors_file()).kind == "parameters"
    assert len({parameter.name for parameter in parameters}) == len(parameters) > 10


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_what_was_read_can_be_written_and_read_again(kind, name):
    item = LOADERS[kind](name)
    again = check_text(to_yaml(item, kind), "again", kind)
    assert again.problems == []
    assert again.value == item


def test_a_zone_gives_its_tables_in_the_order_of_the_engine():
    zone = load_zone("budhpura")
    shares = zone.activity.shares()
    assert [len(shares), len(shares[0]), len(shares[0][0])] == [2, 3, 4]
    assert all(abs(sum(row) - 1) < 1e-12 for sex in shares for row in sex)
    assert zone.livelihoods.values()[0] == zone.livelihoods.farm.value
    assert zone.hours.work_only.values()[2] == zone.hours.work_only.age_15_17.value
    assert (("population", "children")) in [path for path, _ in zone.quantities()]
    assert (("hours", "work_only", "5-11")) in [path for path, _ in zone.quantities()]


def test_a_shock_moves_levers_by_itself():
    calendar = Calendar(60, 48, 1000.0, 500.0, 5)
    shock = load_shock("drought")
    assert (lever_path([], [shock], calendar) == lever_path([], [shock.event], calendar)).all()


@pytest.fixture
def compared(tmp_path, monkeypatch):
    """Checks a comparison of some programmes, beside a programme file `plan.yaml`."""
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path)

    def make(programmes: str, name="plan", interventions="{kind: awareness}"):
        plan = f"name: {name}\ntitle: P\nsummary: S\ninterventions: [{interventions}]\n"
        Path("study/plan.yaml").write_text(plan, encoding="utf-8")
        text = COMPARISON.format(zone="budhpura", programmes=programmes)
        Path("study/mine.yaml").write_text(text, encoding="utf-8")
        return check("comparison", "study/mine.yaml")

    return make


# the second is seen from the working directory
@pytest.mark.parametrize("plan", ["./plan.yaml", "study/plan.yaml"])
def test_paths_in_a_comparison_start_beside_it(compared, plan):
    comparison = compared(f"[none, {plan}]").use()
    assert load_programme(comparison.programmes[1]).name == "plan"


def test_two_programmes_of_one_title_deserve_a_look(compared):
    wages = find.locate("programme", "wages").read_text(encoding="utf-8")
    Path("study/ours.yaml").write_text(wages.replace('name: "wages"', "name: ours"), "utf-8")
    checked = compared("[none, wages, ours.yaml]")
    assert checked.problems == []
    told = '"wages" and "ours.yaml" have the same title; in a report they look alike.'
    assert told in [warning.message for warning in checked.warnings]


def test_two_programmes_must_not_have_the_same_name(compared):
    (problem,) = compared("[none, awareness, ./plan.yaml]", name="awareness").problems
    assert "are both named awareness; rename one" in problem.message


def test_a_name_for_a_file_beside_the_comparison(compared):
    (problem,) = compared("[none, plan]").problems
    assert "For the file in this folder write ./plan.yaml" in problem.message


def test_a_programme_that_outlasts_the_comparison_is_cut(compared):
    plan = "{kind: awareness, end_month: 400}"
    checked = compared("[none, ./plan.yaml]", interventions=plan)
    assert checked.problems == []
    assert [warning.message for warning in checked.warnings] == [
        "plan: awareness has end_month 400, but the comparison ends after 108 months. It is cut "
        "there."
    ]


def warnings_of(text: str) -> list[str]:
    checked = check_text(text, "mine")
    assert checked.problems == []
    return [str(warning) for warning in checked.warnings]


def test_a_sound_comparison_has_no_warnings():
    assert warnings_of(COMPARISON.format(zone="budhpura", programmes="[none, awareness]")) == []


def test_what_deserves_a_look_in_a_comparison():
    text = COMPARISON.format(zone="budhpura", programmes="[none]")
    assert warnings_of(f"{text}draws: 5\nafter_months: 30\nset: {{norm_school: 1}}\n") == [
        'mine:5:1: there is only "none", so there is nothing to compare.',
        "mine:6:8: 20 replications (5 draws x 4 replicates): ranges are rough. For a report take 50 or "
        "more.",
        "mine:7:15: after_months 30: what stays 5 years after exit will not be known.",
    ]


def test_a_copy_that_kept_its_name_is_told(tmp_path):
    copy = tmp_path / "my-drought.yaml"
    copy.write_text(find.locate("shock", "drought").read_text("utf-8"), encoding="utf-8")
    kind, _, problems, warnings = check_file(copy)
    assert (kind, problems) == ("shock", [])
    assert [warning.message for warning in warnings] == [
        'name is "drought", but the file is called my-drought. Reports show the name.'
    ]


def test_objects_can_be_made_without_files():
    from clfz.programme.interventions import registry

    made = Programme(
        name="mine", title="T", summary="S", interventions=(registry()["awareness"](),)
    )
    read = check_text(to_yaml(made), "mine").value
    assert read == made
    assert Programme.model_validate(made.model_dump()) == made
    assert (
        Comparison(
            name="c", title="T", question="Q", zone="budhpura", programmes=("none", "wages")
        ).replications
        == 100
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("interventions: []", "programme"),
        ("intervention: []", "programme"),
        ("programmes: [none]\nzone: x", "comparison"),
        ("severity: 1\nmonths: 3", "shock"),
        ("population: {}\nlaw: {}", "zone"),
        ("parameters: []", "parameters"),
        ("name: x\ntitle: y", ""),
    ],
)
def test_kinds_are_told_apart_by_their_settings(text, kind):
    assert check_text(text, "file").kind == kind


def test_an_unknown_kind_of_file_is_a_problem_not_an_error(tmp_path):
    (tmp_path / "x.yaml").write_text("foo: 1\n", encoding="utf-8")
    kind, _, problems, warnings = check_file(tmp_path / "x.yaml")
    assert (kind, warnings) == ("", [])
    assert "no input file of ours" in problems[0].message
    assert Path(problems[0].file).name == "x.yaml"


def test_the_public_names_are_there_and_no_others():
    import clfz.inputs

    assert all(getattr(clfz.inputs, name) is not None for name in clfz.inputs.__all__)
    with pytest.raises(AttributeError, match="no attribute 'load_everything'"):
        _ = clfz.inputs.load_everything
