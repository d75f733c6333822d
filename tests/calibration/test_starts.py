"""A starting point left out is predicted by all other data, its own place's record among them."""

import numpy as np
import pytest
from clfz.analysis.calibration.predict import start_draws, start_left_out, thin

PLACE = "Budhpura"


@pytest.fixture(scope="module")
def prior(scheme):
    return np.random.default_rng(2).standard_normal((1500, len(scheme.unknowns)))


def data_of(scheme, factor=1.0, records=True):
    """The ten records, India's counts times a factor."""
    targets = scheme.targets
    india = np.array([country == "IND" for country in targets.countries])
    counts = np.where(india[:, None], np.round(targets.counts * factor), targets.counts)
    starts = np.array([value for _, value in targets.starts.values()])
    data = scheme.data(targets.with_counts(counts, starts), without_start=(PLACE,))
    return data if records else data | {"on": np.zeros_like(data["on"])}


def test_without_records_the_unknowns_alone_tell(scheme, prior):
    found, _ = start_left_out(scheme, prior, data_of(scheme, records=False), PLACE, 1)
    plain = start_draws(scheme, prior, PLACE, 1)
    assert found.shape == plain.shape == (len(thin(prior)),)
    for at in (0.1, 0.5, 0.9):
        assert np.quantile(found, at) == pytest.approx(np.quantile(plain, at), rel=0.1)


def test_many_reported_children_make_a_large_start_likelier(scheme, prior):
    few, many = (
        start_left_out(scheme, prior, data_of(scheme, factor), PLACE, 1)[0] for factor in (0.4, 3.0)
    )
    assert np.median(many) > 1.2 * np.median(few)


def test_the_starting_point_itself_is_not_looked_at(scheme, prior):
    data = data_of(scheme)
    other = data | {"start": data["start"] * 5}
    first = list(scheme.targets.starts).index(PLACE)
    other["start"][1 - first] = data["start"][1 - first]
    one, two = (start_left_out(scheme, prior, each, PLACE, 1)[0] for each in (data, other))
    np.testing.assert_array_equal(one, two)
