"""What the report says of what was learned is what the numbers say."""

from types import SimpleNamespace

import numpy as np
import pytest
from clfz.analysis.calibration import learned
from clfz.analysis.calibration.checks import Checks
from clfz.analysis.calibration.report import words
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
def checks(z):
    found = Checks()
    found.found["contraction"] = learned.contraction(z)
    found.found["moved"] = learned.moved(z)
    found.found["torn"] = np.zeros((3, len(UNKNOWNS)))
    return found


@pytest.fixture(scope="module")
def bench():
    return SimpleNamespace(unknowns=UNKNOWNS)


def test_an_unknown_that_only_moved_is_not_among_those_of_which_nothing_is_said(checks, bench):
    nothing, moved = words.nothing_about(checks, bench), words.only_moved(checks, bench)
    assert len(nothing) == len(UNKNOWNS) - 2
    assert not any("crowding:" in line or "reach_level:" in line for line in nothing)
    (line,) = moved
    assert "larger values likelier" in line
    assert "crowding:" in line


def test_before_and_after_are_ranges_of_the_same_kind(checks, bench, z):
    (row,) = words.learned_rows(checks, bench, z)
    name, _, _, before, after, share = row
    low, high = UNKNOWNS.parameters[NARROW].prior.span
    assert name == "reach_level"
    assert before == (
        f"{low + 0.5 * (high - low):.3g} ({low + 0.05 * (high - low):.3g} to {low + 0.95 * (high - low):.3g})"
    )
    assert float(after.split()[0]) == pytest.approx(low + 0.25 * (high - low), abs=0.01)
    assert share == "99 %"


@pytest.mark.parametrize(
    ("torn", "said"),
    [
        ((0.1, 0.2, 0.3), "from what belongs together"),
        ((0.9, 0.95, 0.99), "of each kind alone"),
        ((0.1, 0.99, 0.995), "of each kind alone"),
    ],
)
def test_where_it_comes_from_minds_the_luck_of_dealing(checks, bench, torn, said):
    each = np.zeros((3, len(UNKNOWNS)))
    each[:, NARROW] = torn
    told = Checks(found={**checks.found, "torn": each})
    (row,) = words.torn_rows(told, bench)
    assert said in row[3]
    assert f"{min(torn):.2f} to {max(torn):.2f}" in row[2]
