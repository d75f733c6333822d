"""A programme that gives nothing changes nothing, to the bit: terms without money, places or visits are none."""

import numpy as np
import pytest
from clfz.programme.levers import lever_path, neutral

from tests.model.zones import calendar, parameters, run, zone_data
from tests.programme.blocks import parse

MONTHS = 36
PLACES = dict.fromkeys(("tier1", "tier2", "tier3"), 0)
NOTHING = {
    "cash of EUR 0": {"kind": "cash_transfer", "amount_eur": 0, "labelled": 1, "conditional": 0.8},
    "cash of EUR 0 to each group": {
        "kind": "cash_transfer",
        "amounts": {"girls_5_11": 0, "girls_12_14": 0, "boys_5_11": 0, "boys_12_14": 0},
        "labelled": 1,
    },
    "cash for nobody": {"kind": "cash_transfer", "coverage": 0, "labelled": 1, "conditional": 1},
    "no places": {"kind": "bridge_schools", "seats_per_1000_children": 0},
    "no rise": {"kind": "adult_wages", "rise": {}},
    "a rise for nobody": {"kind": "adult_wages", "coverage": 0},
    "no talks": {"kind": "awareness", "contacts_per_month": 0},
    "talks that do nothing": {"kind": "awareness", "strength": 0},
    "no visits": {"kind": "community_group", "visits_per_100_households": 0},
    "nothing for schools": {
        "kind": "school_strengthening",
        **dict.fromkeys(("extra_teachers", "quality", "cost_relief", "attractiveness"), 0),
    },
    "no checks": {"kind": "age_checks", **PLACES},
}


@pytest.fixture(scope="module")
def small():
    z, p = zone_data("budhpura", 500), parameters()
    return z, p, run(z, p, neutral(MONTHS), seed=3)


@pytest.mark.parametrize("name", NOTHING)
def test_what_gives_nothing_changes_nothing(small, name):
    z, p, without = small
    levers = lever_path([parse(NOTHING[name])], [], calendar(z, MONTHS, 24))
    found = run(z, p, levers, seed=3)
    assert np.array_equal(found.codes, without.codes)
    assert np.array_equal(found.totals, without.totals)
