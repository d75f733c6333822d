"""The activity shares that a zone must hold, year of age by year of age, from a profile by three bands (ODD 7.2)."""

import numpy as np
from numpy.typing import NDArray

from clfz.model.compiling import in_place, kernel
from clfz.model.layout import CLASS_AGES, FIRST_AGE
from clfz.model.maths import exp, log

CENTRES = (8.0, 13.0, 16.0)  # middle years of the bands 5-11, 12-14, 15-17
BANDS = ((5, 12), (12, 15), (15, 18))
BEFORE_ENTRY = (
    0.15  # school shares before entry age, against what the profile would give: pre-primary classes
)
ROUNDS = 50


def age_targets(profile: NDArray[np.float64], entry_age: int) -> NDArray[np.float64]:
    """Spread a profile over the years of age.

    Args:
        profile: [2, 3, 4] shares of the four activities by sex and band; each row sums to 1 and is above 0.
        entry_age: Age of entry into grade 1.

    Returns:
        [2, 13, 4] shares by sex and class age 5..17. Rows sum to 1; the mean over a band's ages is the profile's row
        (iterative proportional fitting, Deming and Stephan 1940).
    """
    shares = np.empty((2, CLASS_AGES, 4))
    _spread(np.ascontiguousarray(profile, np.float64), entry_age, shares)
    return shares


@kernel
def _spread(profile, entry_age, shares):
    """Fill `shares` [2, 13, 4]. Compiled: a study asks for it at every point, and in NumPy it cost 1.3 ms."""
    for sex in range(2):
        for year in range(CLASS_AGES):
            age = FIRST_AGE + year
            _between_bands(
                profile[sex], min(max(float(age), CENTRES[0]), CENTRES[2]), shares[sex, year]
            )
            if age < entry_age:
                shares[sex, year, 3] += (1.0 - BEFORE_ENTRY) * (
                    shares[sex, year, 0] + shares[sex, year, 1]
                )
                shares[sex, year, 0] *= BEFORE_ENTRY
                shares[sex, year, 1] *= BEFORE_ENTRY
            _sum_to_one(shares[sex, year])
        for _ in range(ROUNDS):
            for band in range(3):
                low, high = BANDS[band][0] - FIRST_AGE, BANDS[band][1] - FIRST_AGE
                for k in range(4):
                    total = 0.0
                    for year in range(low, high):
                        total += shares[sex, year, k]
                    ratio = profile[sex, band, k] / (total / (high - low))
                    for year in range(low, high):
                        shares[sex, year, k] *= ratio
                for year in range(low, high):
                    _sum_to_one(shares[sex, year])


@in_place
def _between_bands(rows, age, row):
    """Fill `row` [4]: geometric interpolation between the middle years of the bands (`rows` [3, 4])."""
    band = 0 if age < CENTRES[1] else 1
    share = (age - CENTRES[band]) / (CENTRES[band + 1] - CENTRES[band])
    for k in range(4):
        low, high = log(rows[band, k]), log(rows[band + 1, k])
        row[k] = exp(low + share * (high - low))


@in_place
def _sum_to_one(row):
    total = row[0] + row[1] + row[2] + row[3]
    for k in range(4):
        row[k] /= total


def shifted(profile: NDArray[np.float64], log_odds: float) -> NDArray[np.float64]:
    """Move the share out of school (work only, neither) of each row by a number of log-odds, in proportion."""
    out = profile[..., 2:].sum(axis=-1, keepdims=True)
    odds = out / (1.0 - out) * np.exp(log_odds)
    new = odds / (1.0 + odds)
    moved = profile.copy()
    moved[..., 2:] *= new / out
    moved[..., :2] *= (1.0 - new) / (1.0 - out)
    return moved
