"""The vector of unknowns and its three scales."""

import numpy as np
import pytest
from clfz.analysis.calibration.unknowns import load_unknowns
from scipy.stats import norm

UNKNOWNS = load_unknowns(("MLI", "UGA"))


def test_shares_and_values_are_each_others_inverse():
    u = np.random.default_rng(1).random((200, len(UNKNOWNS)))
    np.testing.assert_allclose(UNKNOWNS.shares(UNKNOWNS.values(u)), u, atol=1e-9)


def test_values_are_quantiles_of_the_priors():
    u = np.full(len(UNKNOWNS), 0.3)
    expected = [each.prior.quantile(0.3) for each in UNKNOWNS.parameters]
    np.testing.assert_allclose(UNKNOWNS.values(u), expected)


def test_parameters_of_scope_country_stand_once_a_country():
    assert UNKNOWNS.names.count("report_missed[MLI]") == 1
    assert UNKNOWNS.names.count("report_missed[UGA]") == 1
    assert "report_missed" not in UNKNOWNS.names
    assert "bridge_min_gap" not in UNKNOWNS.names  # it is fixed


def test_the_compiled_scale_is_the_same(scheme):
    fit = pytest.importorskip("clfz.analysis.calibration.fit")
    z = np.random.default_rng(2).standard_normal(len(scheme.unknowns)).astype(np.float32)
    found = np.asarray(scheme.unknowns.values(fit.shares(z), fit.jnp))
    np.testing.assert_allclose(found, scheme.unknowns.values(norm.cdf(z)), rtol=2e-3)
