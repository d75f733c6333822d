"""Entrances to what only compiled code calls, and loops around scalar functions for many numbers at once."""

import numpy as np
from clfz.model.burn_in import _solve
from clfz.model.compiling import kernel
from clfz.model.incomes import wages
from clfz.model.maths import exp, log, normal
from clfz.model.random import bell, uniform, words


@kernel
def table(seed, who, months, purpose):
    """Words [who, months, 4] as the engine draws them."""
    drawn = np.empty((who.size, months.size, 4), np.uint32)
    for n in range(who.size):
        for k in range(months.size):
            a, b, c, d = words(seed, who[n], months[k], purpose)
            drawn[n, k, 0], drawn[n, k, 1], drawn[n, k, 2], drawn[n, k, 3] = a, b, c, d
    return drawn


@kernel
def uniforms(drawn):
    found = np.empty(drawn.size)
    for n in range(drawn.size):
        found[n] = uniform(drawn[n])
    return found


@kernel
def bells(first, second):
    found = np.empty(first.size)
    for n in range(first.size):
        found[n] = bell(first[n], second[n])
    return found


@kernel
def exps(x):
    found = np.empty(x.size)
    for n in range(x.size):
        found[n] = exp(x[n])
    return found


@kernel
def logs(x):
    found = np.empty(x.size)
    for n in range(x.size):
        found[n] = log(x[n])
    return found


@kernel
def normals(u):
    found = np.empty(u.size)
    for n in range(u.size):
        found[n] = normal(u[n])
    return found


@kernel
def solve(e, target):
    """Weights at which the mean choice probabilities are `target`."""
    d = np.ones(3)
    _solve(e, d, e.shape[1], target, np.empty(9))
    return d


@kernel
def move_wages(s, p):
    wages(s, p)
