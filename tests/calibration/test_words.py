"""What the report says of what was learned is what the numbers say."""

import numpy as np
import pytest
from clfz.analysis.calibration.page import unknown_rows
from clfz.analysis.calibration.posterior import contraction, moved
from clfz.analysis.calibration.targets import load_targets
from clfz.analysis.calibration.unknowns import load_unknowns
from scipy.stats import norm

UNKNOWNS = load_unknowns(load_targets().codes)
NARROW, MOVED = UNKNOWNS.at("reach_level"), UNKNOWNS.at("crowding")


@pytest.fixture(scope="module")
def z():
    """The prior, but for one unknown that is narrow and one whose density is tilted and as wide as before."""
    rng = np.random.default_rng(1)
    u = rng.random((20_000, len(UNKNOWNS)))
    u[:, NARROW] = 0.2 + 0.1 * u[:, NARROW]
    tilted = np.log1p(u[:, MOVED] * np.expm1(1.4)) / 1.4  # density proportional to exp(1.4 u)
    u[:, MOVED] = tilted
    return norm.ppf(u)


@pytest.fixture(scope="module")
def found(z):
    torn = np.zeros((3, len(UNKNOWNS)))
    return {"contraction": contraction(z), "moved": moved(z), "torn": torn}


def test_an_unknown_that_only_moved_is_not_among_those_of_which_nothing_is_said(found, z):
    said = {row["name"]: row["said"] for row in unknown_rows(UNKNOWNS, found, z)}
    assert said.pop("reach_level") == "changed"
    assert said.pop("crowding") == "moved"
    assert set(said.values()) == {"nothing"}
    assert found["moved"][MOVED] > 0


def test_before_and_after_are_ranges_of_the_same_kind(found, z):
    row = unknown_rows(UNKNOWNS, found, z)[0]
    low, high = UNKNOWNS.parameters[NARROW].prior.span
    assert row["name"] == "reach_level"
    np.testing.assert_allclose(row["before"], low + np.array([0.05, 0.5, 0.95]) * (high - low))
    assert row["after"][1] == pytest.approx(low + 0.25 * (high - low), abs=0.01)
    assert row["share"] == pytest.approx(0.99, abs=0.005)


@pytest.mark.parametrize(
    ("torn", "said"),
    [
        ((0.1, 0.2, 0.3), "from what belongs together"),
        ((0.9, 0.95, 0.99), "of each kind alone"),
        ((0.1, 0.99, 0.995), "of each kind alone"),
    ],
)
def test_where_it_comes_from_minds_the_chance_of_dealing(found, z, torn, said):
    each = np.zeros((3, len(UNKNOWNS)))
    each[:, NARROW] = torn
    row = unknown_rows(UNKNOWNS, found | {"torn": each}, z)[0]
    assert said in row["source"]
    assert row["torn"][1:] == (min(torn), max(torn))
