"""The activity shares that a zone must hold, year of age by year of age, from a profile by three bands (ODD 7.2)."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.layout import CLASS_AGES, FIRST_AGE

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
    ages = np.arange(FIRST_AGE, FIRST_AGE + CLASS_AGES)
    shares = np.empty((2, CLASS_AGES, 4))
    for sex in range(2):
        for k in range(4):
            shares[sex, :, k] = np.exp(np.interp(ages, CENTRES, np.log(profile[sex, :, k])))
    early = ages < entry_age
    shares[:, early, 3] += (1.0 - BEFORE_ENTRY) * shares[:, early, :2].sum(axis=2)
    shares[:, early, :2] *= BEFORE_ENTRY
    shares /= shares.sum(axis=2, keepdims=True)
    for _ in range(ROUNDS):
        for b, (low, high) in enumerate(BANDS):
            years = slice(low - FIRST_AGE, high - FIRST_AGE)
            mean = shares[:, years].mean(axis=1, keepdims=True)
            shares[:, years] *= profile[:, b : b + 1] / mean
            shares[:, years] /= shares[:, years].sum(axis=2, keepdims=True)
    return shares


def shifted(profile: NDArray[np.float64], log_odds: float) -> NDArray[np.float64]:
    """Move the share out of school (work only, neither) of each row by a number of log-odds, in proportion."""
    out = profile[..., 2:].sum(axis=-1, keepdims=True)
    odds = out / (1.0 - out) * np.exp(log_odds)
    new = odds / (1.0 + odds)
    moved = profile.copy()
    moved[..., 2:] *= new / out
    moved[..., :2] *= (1.0 - new) / (1.0 - out)
    return moved
