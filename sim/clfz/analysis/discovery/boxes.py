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
from dataclasses import astuple, dataclass, field, replace
from typing import Any

import numpy as np
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


@dataclass(frozen=True)
class Quality:
    """How well a box tells failures apart.

    Attributes:
        coverage: Share of all failures inside.
        density: Share of failures among the points inside; NaN for an empty box.
        points: Points inside.
    """

    coverage: float
    density: float
    points: int


@dataclass(frozen=True, order=True)
class Limit:
    """One side of a box, and how far it is to be trusted.

    Attributes:
        factor: Column.
        above: Whether the box lies above the limit.
        at: The limit.
        p_value: Of the splits together.
        found_in: Share of the splits that find the same factor and side.
        low: 5th percentile of the limit over those splits.
        high: 95th percentile.
        without: Coverage and density of the box without it.
    """

    factor: int
    above: bool
    at: float
    p_value: float = field(default=np.nan, compare=False)
    found_in: float = field(default=np.nan, compare=False)
    low: float = field(default=np.nan, compare=False)
    high: float = field(default=np.nan, compare=False)
    without: Quality | None = field(default=None, compare=False)

    def holds(self, x: Floats) -> Bools:
        """Which rows [n, factors] keep it."""
        column = x[:, self.factor]
        return np.asarray(column > self.at if self.above else column <= self.at, np.bool_)

    @property
    def side(self) -> tuple[int, bool]:
        """Factor and direction, without the number."""
        return self.factor, self.above


@dataclass(frozen=True)
class Box:
    """One box.

    Attributes:
        limits: Those that are to be trusted; they make the box.
        doubtful: Those that the tree took too, and that are not part of the box.
        seen: Quality in the points that it was found in.
        unseen: Median quality in halves that the box of the other half has not seen.
        base: Share of failures among the points in which it was looked for.
    """

    limits: tuple[Limit, ...]
    doubtful: tuple[Limit, ...]
    seen: Quality
    unseen: Quality
    base: float


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


def find_boxes(x: Floats, fails: Bools, seed: int = 1) -> tuple[list[Box], tuple[Limit, ...]]:
    """Boxes of failure, the best first, and what the search after the last of them found but cannot be trusted.

    Args:
        x: [n, factors] points.
        fails: [n].
        seed: Of the splits.
    """
    boxes: list[Box] = []
    left = np.ones(len(x), np.bool_)
    while len(boxes) < MOST_BOXES and (box := find_limits(x[left], fails[left])):
        found = _tested(box, x[left], fails[left], seed)
        if not found.limits:
            return boxes, found.doubtful
        if boxes and found.unseen.density < LEAST_DENSITY:
            break
        boxes.append(found)
        left &= ~inside(found.limits, x)
    return boxes, ()


def _tested(box: tuple[Limit, ...], x: Floats, fails: Bools, seed: int) -> Box:
    """A box of all points, each limit tested in halves that the search for it has not seen."""
    generator = np.random.default_rng(seed)
    splits: list[
        tuple[tuple[Limit, ...], Floats, Bools]
    ] = []  # the box of one half; the points of the other
    for _ in range(SPLITS):
        first = np.zeros(len(fails), np.bool_)
        for kind in (fails, ~fails):  # halves with equally many failures
            members = generator.permutation(np.flatnonzero(kind))
            first[members[: len(members) // 2]] = True
        splits.append((find_limits(x[first], fails[first]), x[~first], fails[~first]))

    tested = []
    for limit in box:
        p_values, ends = [], []
        for own, others, failing in splits:
            same = next((each for each in own if each.side == limit.side), None)
            if same:
                ends.append(same.at)
            p_values.append(
                min(1.0, len(own) * _p_value(same, own, others, failing)) if same else 1.0
            )
        low, high = np.quantile(ends, [0.05, 0.95]).tolist() if ends else (np.nan, np.nan)
        tested.append(
            replace(
                limit,
                p_value=min(1.0, 2.0 * float(np.median(p_values))),
                found_in=len(ends) / SPLITS,
                low=low,
                high=high,
                without=quality(inside([each for each in box if each != limit], x), fails),
            )
        )
    sure = tuple(each for each in tested if each.p_value <= DOUBT)
    doubtful = tuple(each for each in tested if each not in sure)
    sides = {limit.side for limit in sure}
    unseen = []
    for own, others, failing in splits:
        if mine := [limit for limit in own if limit.side in sides]:
            unseen.append(astuple(quality(inside(mine, others), failing)))
    coverage, density, points = np.nanmedian(unseen, axis=0) if unseen else (np.nan, np.nan, 0)
    middle = Quality(float(coverage), float(density), int(points))
    return Box(sure, doubtful, quality(inside(sure, x), fails), middle, float(fails.mean()))


def _p_value(limit: Limit, box: Sequence[Limit], x: Floats, fails: Bools) -> float:
    """Fisher's exact test, one side: do points of the box fail more often than those that only this limit shuts out?"""
    around = inside([each for each in box if each != limit], x)
    within = around & limit.holds(x)
    hits, failing = int((within & fails).sum()), int((around & fails).sum())
    return float(hypergeom.sf(hits - 1, int(around.sum()), failing, int(within.sum())))
