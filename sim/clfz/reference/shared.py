"""All that the twin shares with the compiled engine: random words, scalar functions (ODD 7.0).

Each function only turns types: numbers of the engine in, plain Python numbers out.
"""

import numpy as np

from clfz.model import maths, random

SLOT, HOUSEHOLD, CHILD = random.SLOT, random.HOUSEHOLD, random.CHILD
HISTORY, MONTH, DECIDE = random.HISTORY, random.MONTH, random.DECIDE
PROMOTE, ORDER, VISIT = random.PROMOTE, random.ORDER, random.VISIT

Words = tuple[int, int, int, int]


class Luck:
    """All luck of a run: every draw is a pure function of (seed, who, month, purpose)."""

    def __init__(self, seed: int) -> None:
        self._seed = np.uint64(seed)

    def words(self, who: int, month: int, purpose: int) -> Words:
        """Four random 32-bit words."""
        a, b, c, d = random.words(self._seed, who, month, purpose)
        return int(a), int(b), int(c), int(d)


def uniform(word: int) -> float:
    """A number between 0 and 1 from a word."""
    return float(random.uniform(word))


def bell(word0: int, word1: int) -> float:
    """A bell-shaped number of mean 0 and variance 1 from two words."""
    return float(random.bell(word0, word1))


def exp(x: float) -> float:
    """Return e to the x."""
    return float(maths.exp(x))


def log(x: float) -> float:
    """Return the natural logarithm of x > 0."""
    return float(maths.log(x))


def normal(u: float) -> float:
    """Return the standard normal quantile of u."""
    return float(maths.normal(u))


def single(x: float) -> float:
    """Return x rounded to single precision."""
    return float(np.float32(x))
