"""The real model: `clfz sensitivity` as a person uses it, and the one list that everything is made of."""

from __future__ import annotations

import json

import numpy as np
import pytest
from clfz.analysis import sensitivity
from clfz.analysis.sensitivity.plan import all_uncertain, factor, problem_spec
from clfz.inputs import load_parameters, load_programme, load_zone
from clfz.inputs.factors import Space
from clfz.inputs.parameters import draw
from clfz.runs.zone_data import zone_values
from SALib.util import scale_samples

from tests.studies.conftest import contents, refused

SMALL = ("--samples", "8", "--trajectories", "4", "--measure", "child_years_in_school_gained")
STUDY = """
name: mine
title: T
question: Q
zones: [budhpura]
programmes: [none, cash-transfer]
programme_months: 6
after_months: 0
{design}
"""
DESIGN = """design:
  kind: sobol
  points: 8
  factors:
    cash_transfer.amount_eur: {low: 2, high: 12}
    transfer_condition: {low: 0, high: 1}
    income.poverty_headcount: prior
    norm_school: prior
"""


@pytest.fixture
def clfz(clfz, tmp_path):
    """Run a command line in an empty folder with two studies in it."""
    grid = "design:\n  kind: grid\n  factors: {norm_school: [1, 2]}"
    for name, design in (("mine", DESIGN), ("grid", grid)):
        (tmp_path / f"{name}.yaml").write_text(STUDY.format(design=design), encoding="utf-8")
    return clfz


@pytest.fixture(scope="module")
def space() -> Space:
    programmes = (load_programme("none"), load_programme("area-based"))
    return Space((load_zone("budhpura"),), programmes, load_parameters())


def test_everything_that_a_draw_draws_is_a_factor(space):
    names = {each.name for each in all_uncertain(space)}
    zone, parameters = load_zone("budhpura"), load_parameters()
    first, second = (draw(parameters, 1, at) for at in (0, 1))
    drawn = {name for name in first if first[name] != second[name]}
    first, second = (zone_values(zone, 1, at) for at in (0, 1))
    drawn |= {".".join(path) for path in first if first[path] != second[path]}
    assert names == drawn
    assert len(names) >= 25


def test_salib_samples_the_priors_of_the_list(space):
    """SALib's own triangles and ranges give the quantiles of the priors and figures."""
    factors = all_uncertain(space)
    problem = problem_spec(factors)
    share = np.random.default_rng(1).random((20, len(factors)))
    scaled = scale_samples(share.copy(), problem)
    ours = [[space.quantile(f.name, u) for f, u in zip(factors, row, strict=True)] for row in share]
    assert scaled == pytest.approx(np.array(ours), rel=1e-6, abs=1e-9)


def test_groups_are_those_of_the_list(space):
    factors = all_uncertain(space)
    problem = problem_spec(factors, groups=True)
    groups = dict(zip(problem["names"], problem["groups"], strict=True))
    assert groups["norm_school"] == "norms"
    assert groups["school.seat_slack"] == "zone: school"
    assert factor(space, "bridge_schools.course_months", (6, 12)).group == "bridge_schools"
    assert factor(space, "transfer_condition", (0, 1)).group == "levers"


def test_a_study_names_levers_fields_figures_and_parameters(clfz, tmp_path):
    done = clfz("sensitivity", "mine.yaml", *SMALL, "--out", "found", "--json")
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert facts["runs"] == (4 * 5 + 8 * 6) * 5 * 2
    assert set(facts["factors"]) == {
        *("cash_transfer.amount_eur", "transfer_condition"),
        *("income.poverty_headcount", "norm_school"),
    }
    said = facts["measures"][0]["sentences"][0]  # eight samples may not tell anything from zero
    assert "of 4 uncertain things matter most" in said or "nothing that was varied" in said
    found = sensitivity.load("found")
    assert set(found.indices["method"]) >= {"morris", "sobol", "pawn"}
    assert set(found.indices["seed"]) == {-1, 0, 1, 2, 3, 4}
    page = (tmp_path / "found/report.html").read_text(encoding="utf-8")
    assert "What moves it: Child-years in school" in page
    assert "Would more samples change it?" in page or "nothing that was varied" in page

    before = contents(tmp_path / "found")
    assert clfz("sensitivity", "mine.yaml", *SMALL, "--out", "found", "--quiet").exit_code == 0
    assert contents(tmp_path / "found") == before
    # a part that is lost is done again
    shard = next((tmp_path / "found/sobol/runs").glob("*.parquet"))
    shard.unlink()
    assert clfz("sensitivity", "mine.yaml", *SMALL, "--out", "found", "--quiet").exit_code == 0
    assert contents(tmp_path / "found") == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("budhpura",), "Which programme in budhpura?"),
        (("budhpra", "area-based"), 'no study, comparison or zone "budhpra". Did you mean "budhp'),
        (("headline", "area-bsed"), '"area-bsed" is no programme of headline. Did you mean "area-'),
        (("grid.yaml",), "The design of mine is a grid, which has no ranges to sample from"),
        (("zones-draws",), "about one zone, and this study has 4"),
        (("budhpura", "area-based", "--seeds", "3"), "Take 5 or more"),
        (("budhpura", "area-based", "--samples", "50"), "such as 32 or 64"),
        (("budhpura", "area-based", "--samples", "few"), "--samples is"),
        (("budhpura", "area-based", "--vary", "seed"), "seed is chance, not a factor"),
        (("budhpura", "area-based", "--vary", "norm_scool"), 'Did you mean "norm_school"?'),
        (("budhpura", "area-based", "--vary", "norm_school=1"), "is not NAME or NAME=LOW:HIGH"),
        (("budhpura", "area-based", "--vary", "norm_school=2:1"), "low 2 is not below high 1"),
        (
            ("budhpura", "cash-transfer", "--vary", "cash_transfer.amount_eur"),
            "has no range of its own. Write cash_transfer.amount_eur=LOW:HIGH",
        ),
        (("budhpura", "area-based", "--measure", "child_labour_rat@end"), "Did you mean"),
        (("budhpura", "area-based", "--out", "."), "holds other files"),
        (("mine.yaml", "--out", "mine.yaml"), "mine.yaml is a file. Give a folder"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_run(clfz, tmp_path, words, told):
    before = sorted(tmp_path.rglob("*"))
    refused(clfz("sensitivity", *words), told)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_the_drivers_of_the_headline_programme(tmp_path):
    """What decides how many children a whole-area programme brings to school: seats and persuasion lead."""
    plan = sensitivity.plan("budhpura", "area-based", samples=64)
    found = sensitivity.run(plan, tmp_path)
    x = found.indices
    x = x[(x["method"] == "sobol") & (x["index"] == "ST") & (x["seed"] == -1) & (x["n"] == 64)]
    x = x[x["measure"] == "child_years_in_school_gained"].set_index("factor")["value"]
    assert set(x.nlargest(2).index) == {"school.seat_slack", "visit_persuasion"}
