"""Rows of designs, numbers of points, and what a factor changes."""

import clfz
import numpy as np
import pandas as pd
import pytest
from clfz.inputs import InputError, load_zone
from clfz.inputs.indicators import Horizon, outcome_names, unknown_measure
from clfz.inputs.parameters import load_parameters
from clfz.programme.levers import INDEX
from clfz.runs.chunk import Chunk, run_chunk
from clfz.runs.designs import unit_cube
from clfz.runs.measures import default_measures
from clfz.runs.study import make_study
from clfz.runs.study_inputs import StudyInputs
from clfz.runs.zone_data import replication_seed

from tests.studies.conftest import tiny


def test_a_grid_is_every_combination_and_the_last_factor_changes_fastest():
    factors = {"norm_school": [0.4, 0.8], "subsistence": {"low": 0.2, "high": 0.4, "steps": 3}}
    study = tiny(design={"kind": "grid", "factors": factors})
    expected = [(a, b) for a in (0.4, 0.8) for b in (0.2, 0.3, 0.4)]
    np.testing.assert_allclose(study.rows, expected)


def test_a_latin_hypercube_meets_every_slice_once():
    cube = unit_cube("latin-hypercube", 3, 40, 9)
    for column in cube.T:
        assert sorted(np.floor(column * 40).astype(int)) == list(range(40))


def test_a_sobol_design_begins_with_the_smaller_one():
    assert np.array_equal(unit_cube("sobol", 5, 64, 3)[:21], unit_cube("sobol", 5, 21, 3))
    assert not np.array_equal(unit_cube("sobol", 5, 8, 4), unit_cube("sobol", 5, 8, 3))


def test_a_prior_keeps_its_shape():
    """Shares of a large design below the mode are those of the triangle."""
    parameter = next(p for p in load_parameters() if p.name == "subsistence")
    prior = parameter.prior
    study = tiny(design={"kind": "sobol", "points": 1024, "factors": {"subsistence": "prior"}})
    values = study.rows[:, 0]
    assert prior.span[0] < values.min() < values.max() < prior.span[1]
    below = (prior.mode - prior.span[0]) / (prior.span[1] - prior.span[0])
    assert abs((values < prior.mode).mean() - below) < 0.005


def test_numbers_of_points_are_arithmetic():
    study = tiny(zones=["budhpura", "mali-1"], draws=3)
    number = np.arange(study.points)
    drawn, row, zone = study.split(number)
    assert study.points == 3 * 8 * 2
    assert np.array_equal((drawn * 8 + row) * 2 + zone, number)
    assert study.runs == study.points * 2 * 2


def evaluator(**settings):
    return StudyInputs(tiny(**settings))


def test_a_parameter_and_a_figure_reach_the_engine():
    study = evaluator(
        design=None, points={"norm_school": [0.9], "income.poverty_headcount": [0.77]}
    )
    point = study.point(0, study.study.rows[0])
    assert point.values["norm_school"] == 0.9
    assert point.record["poverty_headcount"] == 0.77


def test_a_lever_is_set_while_the_programme_lasts_in_all_scenarios_but_the_first():
    study = evaluator(design=None, points={"transfer_condition": [0.25]})
    levers = study.plan(study.point(0, study.study.rows[0]).key).levers
    column = levers[:, :, INDEX["transfer_condition"]]
    assert (column[0] == 0).all()
    assert column[1].tolist() == [0.25] * 6 + [0.0] * 2


def test_a_field_changes_levers_and_costs():
    amounts = {"cash_transfer.amount_eur": [3.0, 9.0]}
    study = tiny(design=None, points=amounts, programmes=["none", "cash-transfer"], luck="common")
    point = StudyInputs(study).point(1, study.rows[1])
    levers = StudyInputs(study).plan(point.key).levers
    assert levers[1, 0, INDEX["transfer_girls_5_11"]] == 9.0
    chunk = Chunk(np.arange(2), np.zeros(2, np.int64), study.rows, (1,))
    done = run_chunk(study.message, chunk)
    costs = done.values[:, study.measures.index("cost_total")]
    assert costs[1] > 1.9 * costs[0] > 0


def test_the_size_of_a_zone_moves_what_programmes_do_there():
    study = evaluator(design=None, points={"population.children": [1000.0, 3000.0]}, luck="common")
    plans = [study.plan(study.point(n, study.study.rows[n]).key) for n in (0, 1)]
    assert [plan.calendar.children for plan in plans] == [1000, 3000]
    seats = [plan.levers[1, -3, INDEX["bridge_seats"]] for plan in plans]
    assert seats[1] == pytest.approx(3 * seats[0])


def test_common_luck_is_shared_by_rows_and_own_luck_is_not():
    for luck, different in (("common", 1), ("own", 8)):
        study = evaluator(luck=luck)
        points = [study.point(n, study.study.rows[n]) for n in range(8)]
        seeds = {study.seed_of(n, point, 0) for n, point in enumerate(points)}
        assert len(seeds) == different
    assert replication_seed(7, 0, 0) in {study.seed_of(0, points[0], 0)}


def test_the_seed_can_be_varied():
    study = evaluator(design=None, points={"seed": [1, 2, 1]})
    seeds = [study.seed_of(n, study.point(n, study.study.rows[n]), 0) for n in range(3)]
    assert seeds[0] == seeds[2] != seeds[1]
    assert seeds[0] == replication_seed(1, 0, 0)


def test_zones_share_a_call(tmp_path):
    """Two zones in one study are each what they are alone."""
    both = clfz.run_study(tiny(zones=["budhpura", "uganda-1"], design=None), tmp_path / "both")
    for name in ("budhpura", "uganda-1"):
        alone = clfz.run_study(tiny(zones=name, design=None), tmp_path / name).runs
        ours = both.joined()
        ours = ours[ours["zone"] == name].sort_values("run_id")[list(alone.columns)]
        for column in alone.columns.drop(["run_id", "point"]):
            assert ours[column].tolist() == alone[column].tolist()


def test_every_figure_of_a_zone_can_be_varied():
    study = tiny(design=None)
    for path, figure in load_zone("budhpura").quantities():
        name = ".".join(map(str, path))
        assert study.space.unknown(name) is None
        assert study.space.trouble(name, float(figure.value)) is None


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"points": pd.DataFrame({"norm_scool": [1]})}, 'Did you mean "norm_school"'),
        ({"points": pd.DataFrame({"norm_school": ["a"]})}, "a number is needed"),
        ({"points": pd.DataFrame({"norm_school": [float("nan")]})}, "is empty"),
        ({"points": pd.DataFrame({"norm_school": []})}, "holds no rows"),
        ({"points": {"transfer_condition": [2]}}, "between 0 and 1"),
        ({"points": {"norm_school": [1]}, "set": {"norm_school": 1}}, "set and varied"),
        ({"set": {"norm_school": 9}}, "norm_school is 9, but it must be between 0.6 and 2"),
        ({"points": [[1]]}, "nothing that can be varied"),
        ({"design": {"kind": "grid", "factors": {"x": [1]}}}, "nothing that can be varied"),
        ({"replicates": 0}, "between 1 and 10000"),
        ({"zones": "nowhere"}, "not a known zone"),
        ({"measures": ["nothing"]}, "is no measure"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_is_wrong_in_python_is_told_in_the_same_words(settings, told):
    fields = {"zones": "budhpura", "programmes": ["none", "area-based"]} | settings
    with pytest.raises(InputError) as error:
        make_study("wrong", **fields)
    assert told in str(error.value)
    assert str(error.value).count("\n") == 0


def test_default_measures_exist_and_are_found_in_the_catalogue():
    from clfz.inputs.indicators import find

    for after in (0, 12, 60):
        horizon = Horizon(24, 24 + after, tiny().spec.reporting)
        for name in (*default_measures(horizon), *outcome_names(horizon)):
            assert unknown_measure(name, horizon) is None
            assert find(name)


def test_moments_and_means(tmp_path):
    names = ["child_labour_rate@mean", *(f"child_labour_rate@m{month}" for month in range(1, 9))]
    runs = clfz.run_study(tiny(design=None, measures=names), tmp_path).runs
    months = runs[names[1:]].to_numpy()
    np.testing.assert_allclose(runs[names[0]], months.mean(axis=1), rtol=1e-12)
