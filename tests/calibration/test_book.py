"""What counts as inside an interval of counts."""

import numpy as np

from calibration.checks.book import inside, share_inside


def test_nine_of_ten_are_inside_also_where_most_counts_are_zero():
    rng = np.random.default_rng(1)
    for mean in (0.3, 2.0, 400.0):
        drawn, seen = rng.poisson(mean, (4000, 1)), rng.poisson(mean, 4000)
        exact = np.mean([share_inside(drawn, np.array([each]))[0] for each in seen])
        assert abs(exact - 0.9) < 0.02
    closed = np.mean([inside(rng.poisson(0.3, (4000, 1)), np.array([0]))[2][0] for _ in range(9)])
    assert closed == 1.0  # zero is always inside the closed interval


def test_far_counts_are_outside_and_middle_ones_inside():
    drawn = np.arange(1000)[:, None]
    assert [share_inside(drawn, np.array([at]))[0] for at in (-5, 10, 500, 2000)] == [0, 0, 1, 0]
