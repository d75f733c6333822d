"""A sparse polynomial chaos expansion: Legendre polynomials of each factor's share of its range.

Terms are chosen by the lasso and fitted again without its shrinking; Sobol indices are then sums of squared
coefficients, with nothing sampled (Sudret 2008; Blatman and Sudret 2011 for the sparse basis).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.sensitivity.needs import sklearn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_TERMS = 1500
MOST_DEGREE = 12
PAIRED = 24
"""Factors whose pairs are tried: those with the largest effects of their own or of any kind."""


@dataclass
class Polynomials:
    """The expansion.

    Attributes:
        terms: For each, the factors and their degrees.
        alpha: Strength of the lasso; chosen by cross-validation when None.
        coefficients: [terms], zero for most.
        constant: The average.
    """

    terms: list[tuple[tuple[int, int], ...]]
    alpha: float | None = None
    coefficients: Any = None
    constant: float = 0.0

    def fit(self, u: Array, y: Array, groups: NDArray[np.int64]) -> Polynomials:
        """Fit to shares [R, factors] and outcomes [R]."""
        basis = features(u, self.terms)
        middle, scale = y.mean(), y.std() or 1.0
        target = (y - middle) / scale
        linear = sklearn("linear_model")
        if self.alpha is None:
            folds = sklearn("model_selection").GroupKFold(5)
            search = linear.LassoCV(
                alphas=40, cv=list(folds.split(basis, target, groups)), max_iter=3000, tol=1e-3
            )
            self.alpha = float(_quiet(search.fit, basis, target).alpha_)
        lasso = _quiet(linear.Lasso(alpha=self.alpha, max_iter=3000, tol=1e-3).fit, basis, target)
        chosen = np.flatnonzero(lasso.coef_)
        self.coefficients = np.zeros(len(self.terms))
        self.constant = float(middle)
        if not len(chosen):
            return self
        if len(chosen) > len(y) // 3:  # too many to fit freely: keep the lasso's own
            self.coefficients = lasso.coef_ * scale
            self.constant += float(lasso.intercept_) * scale
            return self
        again = linear.Ridge(alpha=1e-6).fit(basis[:, chosen], target)
        self.coefficients[chosen] = again.coef_ * scale
        self.constant += float(again.intercept_) * scale
        return self

    def predict(self, u: Array) -> Array:
        """Outcomes [R]."""
        used = np.flatnonzero(self.coefficients)
        basis = features(u, [self.terms[at] for at in used])
        return np.asarray(self.constant + basis @ self.coefficients[used], np.float64)

    def sobol(self, factors: int) -> tuple[Array, Array]:
        """First-order and total indices [factors]: the terms are orthonormal."""
        parts = self.coefficients**2
        whole = parts.sum()
        first, total = np.zeros(factors), np.zeros(factors)
        if whole > 0:
            for term, part in zip(self.terms, parts, strict=True):
                if len(term) == 1:
                    first[term[0][0]] += part
                for column, _ in term:
                    total[column] += part
        return first / (whole or 1.0), total / (whole or 1.0)


def candidates(u: Array, y: Array) -> list[tuple[tuple[int, int], ...]]:
    """Terms worth trying, low degrees first: all factors alone, and pairs of those that seem to matter."""
    factors = u.shape[1]
    limit = min(MOST_TERMS, len(y) // 2)
    found: list[tuple[tuple[int, int], ...]] = []
    paired = _strongest(u, y)[:PAIRED]
    for degree in range(1, MOST_DEGREE + 1):
        layer: list[tuple[tuple[int, int], ...]] = [((at, degree),) for at in range(factors)]
        for a, b in itertools.combinations(sorted(paired), 2):
            layer += [((a, k), (b, degree - k)) for k in range(1, degree)]
        if len(found) + len(layer) > limit:
            layer = layer[:factors]  # at least each factor alone
            if len(found) + len(layer) > limit or degree > 5:
                break
        found += layer
    return found or [((at, 1),) for at in range(factors)]


def features(u: Array, terms: list[tuple[tuple[int, int], ...]]) -> Array:
    """Values of the terms [R, terms] at shares [R, factors]."""
    degree = max((power for term in terms for _, power in term), default=0)
    alone = legendre(u, degree)
    found = np.ones((len(u), len(terms)))
    for column, term in enumerate(terms):
        for at, power in term:
            found[:, column] *= alone[power, :, at]
    return found


def legendre(u: Array, degree: int) -> Array:
    """Orthonormal Legendre polynomials on 0-1 up to a degree: [degree + 1, R, factors]."""
    x = 2.0 * u - 1.0
    found = np.ones((degree + 1, *u.shape))
    if degree:
        found[1] = x
    for k in range(1, degree):
        found[k + 1] = ((2 * k + 1) * x * found[k] - k * found[k - 1]) / (k + 1)
    scale = np.sqrt(2.0 * np.arange(degree + 1) + 1.0)
    return np.asarray(found * scale[:, None, None], np.float64)


def _strongest(u: Array, y: Array) -> list[int]:
    """Factors by how well a parabola of each alone follows the outcome and its square."""
    alone = legendre(u, 2)[1:]
    score = np.zeros(u.shape[1])
    for target in (y - y.mean(), (y - y.mean()) ** 2):
        middle = target - target.mean()
        score += ((alone * middle[None, :, None]).mean(axis=1) ** 2).sum(axis=0) / (
            middle.var() or 1.0
        )
    return [int(at) for at in np.argsort(-score, kind="stable")]


def _quiet(call: Any, *given: Any) -> Any:
    """The lasso says when a path of no interest does not converge."""
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=sklearn("exceptions").ConvergenceWarning)
        return call(*given)
