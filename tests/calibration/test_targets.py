"""The shipped targets are the evidence, and every way to give records to places is counted."""

import numpy as np
import pytest
from clfz.analysis.calibration.targets import load_targets


def test_totals_are_sums_of_the_records():
    targets = load_targets()
    withdrawn, protected, bridged = targets.counts.sum(axis=0)
    assert targets.totals["reported total"][1] == withdrawn + protected == 9948
    assert targets.totals["bridge school starts"][1] == bridged == 1610


def test_ways_use_each_place_once_and_weigh_one():
    targets = load_targets()
    sizes = {}
    for code in targets.codes:
        members, ways, weight = targets.matchings(code)
        sizes[code] = len(ways)
        assert np.exp(weight).sum() == pytest.approx(1.0)
        for way in ways:
            places = [targets.readings[k].place for k in way]
            assert len(set(places)) == len(members)
            assert [targets.readings[k].record for k in way] == members
    assert sizes == {"UGA": 2, "ZWE": 2, "IND": 2, "MLI": 24}
