"""Boxes in the space of uncertainties in which a goal fails: nodes of a classification tree.

Every node of a tree (CART, Breiman et al. 1984) is a box: some factors above or below a limit. Of all nodes the one is
taken whose inside and outside agree best with fail and reach (Matthews' phi); of nodes that agree about as well, the
one with fewest restrictions. A further box is looked for among the points outside of those found, as PRIM does
(Friedman & Fisher 1999). Two numbers say how good a box is (Bryant & Lempert 2010):

    coverage   share of all failures that lie in the box
    density    share of the points in the box that fail
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

DEPTH = 5
SMALLEST_SHARE = 0.01
FEWEST = 10
PRUNE = 0.005
ABOUT_AS_WELL = 0.95
"""A box with fewer restrictions is taken when its phi is at least this share of the best."""


@dataclass(frozen=True, order=True)
class Limit:
    """One restriction.

    Attributes:
        factor: Column.
        above: Whether the box lies above the limit.
        at: The limit.
    """

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


Box = tuple[Limit, ...]
"""All restrictions of a box, at most one a factor and side."""


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


def inside(box: Sequence[Limit], x: Floats) -> Bools:
    """Which rows lie in a box."""
    kept = np.ones(len(x), np.bool_)
    for limit in box:
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


def find_box(x: Floats, fails: Bools) -> Box:
    """The box that agrees best with failing; empty when a tree finds none.

    Args:
        x: [n, factors] points.
        fails: [n].
    """
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
    tree.fit(x, fails)
    found = [(phi(inside(box, x), fails), box) for box in _nodes(tree.tree_, 0, ()) if box]
    if not found:
        return ()
    best = max(score for score, _ in found)
    if best <= 0:
        return ()
    good = [(len(box), -score, box) for score, box in found if score >= ABOUT_AS_WELL * best]
    return min(good)[2]


def _nodes(tree: Any, node: int, box: Box) -> Iterator[Box]:
    """Every node below (and with) a node, as a box."""
    yield box
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left < 0:
        return
    factor, at = int(tree.feature[node]), float(tree.threshold[node])
    yield from _nodes(tree, left, _narrowed(box, Limit(factor, False, at)))
    yield from _nodes(tree, right, _narrowed(box, Limit(factor, True, at)))


def _narrowed(box: Box, limit: Limit) -> Box:
    """A box with a further limit, which lies within that of the same side if there is one."""
    return tuple(sorted([*(each for each in box if each.side != limit.side), limit]))
