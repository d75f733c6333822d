"""The table of runs: drawn from the prior, the same shared rows in every zone, and counts that grow with the zone."""

import numpy as np
import pytest
from clfz.analysis.calibration import table
from clfz.analysis.calibration.run import Settings
from clfz.analysis.calibration.targets import load_targets
from clfz.analysis.calibration.unknowns import load_unknowns
from clfz.inputs import load_zone


def test_zones_share_a_row_and_differ_in_their_own():
    one, two = (table.design(load_zone(name), 20, 1) for name in ("mali-1", "uganda-2"))
    assert (one["seed"] == two["seed"]).all()
    visits = "community_group.visits_per_100_households"
    assert not (one[visits] == two[visits]).any()
    # programmes of a row scatter around the level that they share
    levels = np.array([table.levels_of(1, row)["visits_level"] for row in range(20)])
    apart = np.log(np.concatenate([one[visits] - 0, two[visits] - 0])) - np.tile(levels, 2)
    assert abs(apart.mean()) < 0.5


def test_more_rows_leave_the_first_as_they_are():
    zone = load_zone("mali-1")
    few, many = table.design(zone, 5, 1), table.design(zone, 9, 1)
    assert many.head(5).equals(few)


def test_no_row_is_in_two_slices(known_table):
    parts = [set(part.row.tolist()) for part in known_table.apart(40, 30)]
    learned, judges, truths = parts
    assert truths == set(range(40))
    assert judges == set(range(40, 70))
    assert learned == set(known_table.row.tolist()) - truths - judges


def test_there_is_a_truth_for_every_synthetic_data_set():
    size = Settings()
    assert size.truths >= size.sets >= 200
    assert size.rows > 3 * (size.truths + size.judges)


@pytest.mark.slow
def test_counts_grow_with_the_zone(tmp_path):
    """Twice the children and villages give twice the counts, within luck: so big zones may be run small."""
    from clfz.runs.runner import run
    from clfz.runs.study import make_study

    names = [f"{kind}_year2" for kind in ("withdrawn_to_school", "protected_from_dropout")]
    means = []
    for factor in (1, 4):
        points = table.design(load_zone("mali-4"), 12, 1)
        for size in ("population.children", "population.villages"):
            points[size] = points[size] * factor
        study = make_study(
            "grow",
            zones="mali-4",
            programmes=["none", table.PROGRAMME],
            points=points,
            draws=2,
            programme_months=24,
            after_months=0,
            set={"report_missed": 0.0, "report_double": 0.0},
            measures=names,
        )
        runs = run(study, tmp_path / str(factor)).runs
        means.append(runs[runs["scenario"] == table.PROGRAMME][names].sum() / factor)
    assert np.abs(np.log(means[1] / means[0])).max() < 0.06


@pytest.mark.slow
def test_the_table_is_read_back_as_it_was_drawn(tmp_path):
    targets = load_targets()
    unknowns = load_unknowns(targets.codes)
    table.make(tmp_path, ("chipinge", "budhpura"), 3)
    found = table.load_table(tmp_path, ("chipinge", "budhpura"), unknowns)
    assert len(found) == 3 * table.DRAWS
    assert found.events.shape == (2, 6, 3, 3)
    assert found.failed == 0
    assert (found.starts[1, :, 0] > 600).all()  # Budhpura: about 1 000 out of school
    again = table.load_table(tmp_path, ("chipinge", "budhpura"), unknowns)
    np.testing.assert_array_equal(found.u, again.u)
