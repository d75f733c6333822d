"""Functions whose sensitivity indices are known exactly, as a study runs them in the engine's place."""

from __future__ import annotations

import numpy as np

ISHIGAMI = ("x1", "x2", "x3")
G_WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])
G = tuple(f"x{at}" for at in range(1, 9))
NOISE = 1.5
"""Standard deviation of the luck in `noisy_ishigami`."""


def ishigami(values, seeds):
    """Ishigami and Homma (1990) with a = 7 and b = 0.1; the x are shares of the range -pi to pi."""
    x1, x2, x3 = (np.pi * (2 * values[name] - 1) for name in ISHIGAMI)
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def sobol_g(values, seeds):
    """The G function of Sobol with the weights of Saltelli et al. (2010); what is not varied stays in the middle."""
    x = np.column_stack([values.get(name, np.full(len(seeds), 0.5)) for name in G])
    return ((np.abs(4 * x - 2) + G_WEIGHTS) / (1 + G_WEIGHTS)).prod(axis=1)


def noisy_ishigami(values, seeds):
    """The same with luck: half its variance is common to all replications of a seed, half belongs to the point too."""
    x = np.column_stack([values[name] for name in ISHIGAMI])
    # each replication has a generator of its own, so that luck does not depend on how the work was cut up
    common = [np.random.default_rng(int(seed)).normal() for seed in seeds]
    own = [
        np.random.default_rng([int(seed), *row.view(np.uint64).tolist()]).normal()
        for seed, row in zip(seeds, x, strict=True)
    ]
    luck = (np.array(common) + np.array(own)) / np.sqrt(2)
    return ishigami(values, seeds) + NOISE * luck


def constant(values, seeds):
    """Always the same."""
    return np.full(len(seeds), 4.0)


def sometimes_no_number(values, seeds):
    """No number in a corner."""
    return np.where(values["x1"] > 0.985, np.nan, ishigami(values, seeds))


def often_no_number(values, seeds):
    """No number in a large part."""
    return np.where(values["x1"] > 0.7, np.nan, ishigami(values, seeds))


def luck_matters_with_x1(values, seeds):
    """The average depends on x2 alone, the spread by luck on x1 alone."""
    luck = np.array([np.random.default_rng(int(seed)).normal() for seed in seeds])
    return values["x2"] + (0.05 + values["x1"]) * luck
