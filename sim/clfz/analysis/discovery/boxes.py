"""Boxes in the space of uncertain inputs in which a goal fails, and which of their limits are more than chance.

Every node of a classification tree (CART, Breiman et al. 1984) is a box: some factors above or below a limit. Of all
nodes the one is taken whose inside and outside agree best with fail and reach (Matthews' phi); of nodes that agree
about as well, the one with fewest limits. A further box is looked for among the points outside of those found, as PRIM
does (Friedman & Fisher 1999). Two numbers say how good a box is (Bryant & Lempert 2010): coverage, the share of all
failures that lie in it, and density, the share of its points that fail.

A box is made to fit its points, so what it says of them flatters it. So the points are split in halves many times: a
box is found in the one half, and each of its limits is tested in the other (Fisher's exact test: do points that keep
the limit fail more often than those that keep only the others?). The p-value counts as often as the box has limits, and
as 1 in splits that do not find it; twice the median over splits is a p-value again (Meinshausen, Meier & Bühlmann
2009). Coverage and density are quoted from the half that the box has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
DEPTH, SMALLEST_SHARE, FEWEST, PRUNE = 5, 0.01, 10, 0.005
ABOUT_AS_WELL = 0.95
"""A box with fewer limits is taken when its phi is at least this share of the best."""
SPLITS, MOST_BOXES, DOUBT = 50, 3, 0.05
LEAST_DENSITY = 1 / 3
"""A further box is one in which at least so many of the unseen points fail; else it is only a lean."""
LIMITS = (
    *("box", "factor", "above", "limit", "limit_low", "limit_high", "p_value"),
    *("found_in", "trusted", "coverage_without", "density_without"),
)


class Quality(NamedTuple):
    """How well a box tells failures apart.

    Attributes:
        coverage: Share of all failures inside.
        density: Share of failures among the points inside; NaN for an empty box.
        points: Points inside.
    """

    coverage: float
    density: float
    points: int


class Limit(NamedTuple):
    """One side of a box: `factor` (a column) lies above a value or up to it."""

    factor: int
    above: bool
    at: float

    def holds(self, x: Floats) -> Bools:
        """Which rows [n, factors] keep it."""
        column = x[:, self.factor]
        return np.asarray(column > self.at if self.above else column <= self.at, np.bool_)

    @property
    def side(self) -> tuple[int, bool]:
        """Factor and direction, without the number."""
        return self.factor, self.above


def inside(limits: Sequence[Limit], x: Floats) -> Bools:
    """Which rows lie in a box."""
    kept = np.ones(len(x), np.bool_)
    for limit in limits:
        kept &= limit.holds(x)
    return kept


def quality(within: Bools, fails: Bools) -> Quality:
    """Coverage and density of the points within a box."""
    points, hits = int(within.sum()), int((within & fails).sum())
    return Quality(hits / max(1, int(fails.sum())), hits / points if points else np.nan, points)


def phi(within: Bools, fails: Bools) -> float:
    """Matthews' correlation of two yes-no questions; 0 when one has one answer only."""
    a, b = within.mean(), fails.mean()
    spread = a * (1 - a) * b * (1 - b)
    return float(((within & fails).mean() - a * b) / np.sqrt(spread)) if spread > 0 else 0.0


def find_limits(x: Floats, fails: Bools) -> tuple[Limit, ...]:
    """The limits of the box that agrees best with failing [n], of points [n, factors]; empty when a tree finds none."""
    from sklearn.tree import DecisionTreeClassifier

    if fails.all() or not fails.any():
        return ()
    tree: Any = DecisionTreeClassifier(
        class_weight="balanced",
        max_depth=DEPTH,
        min_samples_leaf=max(FEWEST, round(SMALLEST_SHARE * len(x))),
        ccp_alpha=PRUNE,
        random_state=0,
    )
    nodes = _nodes(tree.fit(x, fails).tree_, 0, ())
    found = [(phi(inside(box, x), fails), box) for box in nodes if box]
    best = max((score for score, _ in found), default=0.0)
    good = [(len(box), -score, box) for score, box in found if score >= ABOUT_AS_WELL * best > 0]
    return min(good)[2] if good else ()


def _nodes(tree: Any, node: int, box: tuple[Limit, ...]) -> Iterator[tuple[Limit, ...]]:
    """Every node below (and with) a node, as a box; a limit replaces a wider one of the same side."""
    yield box
    children = tree.children_left[node], tree.children_right[node]
    if children[0] < 0:
        return
    for child, above in zip(children, (False, True), strict=True):
        limit = Limit(int(tree.feature[node]), above, float(tree.threshold[node]))
        others = (each for each in box if each.side != limit.side)
        yield from _nodes(tree, child, tuple(sorted([*others, limit])))


def find_boxes(x: Floats, fails: Bools, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Boxes of failure, the best first, and their limits.

    Args:
        x: [n, factors] points.
        fails: [n].
        seed: Of the splits.

    Returns:
        One row a box: `coverage` and `density`, the medians in halves that the box of the other half has not seen;
        `coverage_seen`, `density_seen` and `points_seen` where it was found; and `base_rate`, the share of failures
        among the points in which it was looked for.
        One row a limit: `box` (from 1; 0 is what the search after the last box found), `factor` (a column), `above`,
        `limit` with its 5th and 95th percentile over splits (`limit_low`, `limit_high`), `p_value` of the splits
        together, `found_in` (share of the splits that find the same factor and side), `trusted` (only these make the
        box), `coverage_without` and `density_without` (of the box without it).
    """
    boxes: list[dict[str, float]] = []
    limits = [pd.DataFrame(columns=list(LIMITS))]
    left = np.ones(len(x), np.bool_)
    while len(boxes) < MOST_BOXES and (box := find_limits(x[left], fails[left])):
        tested, found = _tested(box, x[left], fails[left], seed)
        if not tested["trusted"].any():
            limits.append(tested.assign(box=0))
            break
        if boxes and found["density"] < LEAST_DENSITY:
            break
        boxes.append(found)
        limits.append(tested.assign(box=len(boxes)))
        left &= ~inside(trusted(tested), x)
    whole = pd.concat(limits[1:] or limits, ignore_index=True)
    return pd.DataFrame(boxes), whole[list(LIMITS)]


def trusted(limits: pd.DataFrame) -> list[Limit]:
    """The limits that make a box, of the rows of one box."""
    sure = limits.loc[limits["trusted"].astype(bool), ["factor", "above", "limit"]]
    return [Limit(*row) for row in sure.itertuples(index=False)]


def _tested(
    box: tuple[Limit, ...], x: Floats, fails: Bools, seed: int
) -> tuple[pd.DataFrame, dict[str, float]]:
    """A box of all points, each limit tested in halves that the search for it has not seen: see `find_boxes`."""
    generator = np.random.default_rng(seed)
    splits = []  # the box of one half; the points of the other
    for _ in range(SPLITS):
        first = np.zeros(len(fails), np.bool_)
        for kind in (fails, ~fails):  # halves with equally many failures
            members = generator.permutation(np.flatnonzero(kind))
            first[members[: len(members) // 2]] = True
        splits.append((find_limits(x[first], fails[first]), x[~first], fails[~first]))

    rows = []
    for limit in box:
        p_values, ends = [], []
        for own, others, failing in splits:
            same = next((each for each in own if each.side == limit.side), None)
            if same:
                ends.append(same.at)
            p_values.append(
                min(1.0, len(own) * _p_value(same, own, others, failing)) if same else 1.0
            )
        low, high = np.quantile(ends, [0.05, 0.95]) if ends else (np.nan, np.nan)
        p_value = min(1.0, 2.0 * float(np.median(p_values)))
        without = quality(inside([each for each in box if each != limit], x), fails)
        rows.append(
            (*limit, low, high, p_value, len(ends) / SPLITS, p_value <= DOUBT, *without[:2])
        )
    limits = pd.DataFrame(rows, columns=list(LIMITS[1:]))
    limits = limits.sort_values("trusted", ascending=False, kind="stable", ignore_index=True)
    sure = trusted(limits)
    sides = {limit.side for limit in sure}
    unseen = []
    for own, others, failing in splits:
        if mine := [limit for limit in own if limit.side in sides]:
            unseen.append(quality(inside(mine, others), failing))
    coverage, density, _ = np.nanmedian(unseen, axis=0) if unseen else (np.nan, np.nan, 0)
    seen = quality(inside(sure, x), fails)
    found = {"coverage": coverage, "density": density, "coverage_seen": seen.coverage}
    found |= {"density_seen": seen.density, "points_seen": seen.points, "base_rate": fails.mean()}
    return limits, found


def _p_value(limit: Limit, box: Sequence[Limit], x: Floats, fails: Bools) -> float:
    """Fisher's exact test, one side: do points of the box fail more often than those that only this limit shuts out?"""
    around = inside([each for each in box if each != limit], x)
    within = around & limit.holds(x)
    hits, failing = int((within & fails).sum()), int((around & fails).sum())
    return float(hypergeom.sf(hits - 1, int(around.sum()), failing, int(within.sum())))
