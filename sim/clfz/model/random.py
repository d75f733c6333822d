"""Random numbers addressed by identity: a draw is a pure function of (seed, who, month, purpose).

Generator: Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11).
No state is kept, so threads, batches and the order of people cannot matter, and switching an intervention on
cannot shift anybody else's draws.
"""

import numpy as np

from clfz.model.compiling import rule
from clfz.model.maths import real

# Purposes: the third word of the counter. Two purposes never share a draw.
SLOT, HOUSEHOLD, CHILD, HISTORY, MONTH, DECIDE, PROMOTE, ORDER, VISIT = range(9)
PURPOSES = ("slot", "household", "child", "history", "month", "decide", "promote", "order", "visit")

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@rule
def words(seed, who, month, purpose):
    """Four 32-bit words (as uint64) for counter (who, month, purpose, 0) under a 64-bit seed.

    Negative months are taken modulo 2**32. Ten Philox rounds are written as a loop with a fixed count,
    which the compiler unrolls.
    """
    c0 = np.uint64(who) & _LOW
    c1 = np.uint64(month) & _LOW
    c2 = np.uint64(purpose)
    c3 = np.uint64(0)
    k0 = np.uint64(seed) & _LOW
    k1 = np.uint64(seed) >> _32
    for _ in range(10):
        p0 = c0 * _M0
        p1 = c2 * _M1
        c0 = (p1 >> _32) ^ c1 ^ k0
        c2 = (p0 >> _32) ^ c3 ^ k1
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@rule
def uniform(word):
    """The uniform (0, 1) number of a 32-bit word; never 0 or 1."""
    return (real(word) + 0.5) * 2.3283064365386963e-10


@rule
def bell(word0, word1):
    """A bell-shaped number of mean 0 and variance 1 (Irwin-Hall of order 4 from 16-bit halves), within +-3.47."""
    w0 = np.int64(word0)
    w1 = np.int64(word1)
    halves = (w0 & 0xFFFF) + (w0 >> 16) + (w1 & 0xFFFF) + (w1 >> 16)
    return (real(halves) + 2.0) * 2.6428997918226276e-05 - 3.4641016151377544
