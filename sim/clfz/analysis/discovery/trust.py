"""Which restrictions of a box are to be trusted: found in one half of the points, tested in the other.

A box is made to fit its points, so what it says of them flatters it. Here the points are split in halves many times; a
box is found in the one half and each of its restrictions is tested in the other (Fisher's exact test: do points that
keep the restriction fail more often than those that keep only the others?). Its p-value counts as often as the box has
restrictions, and as 1 in splits that do not find it; twice the median over splits is a p-value again (Meinshausen,
Meier & Bühlmann 2009). Coverage and density are those in the half that the box has not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.discovery.box import Box, Limit, Quality, find_box, inside, quality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

SPLITS = 50
DOUBT = 0.05
MOST_BOXES = 3
LEAST_DENSITY = 1 / 3
"""A further box is one in which at least so many of the unseen points fail; else it is only a lean."""


@dataclass(frozen=True)
class Restriction:
    """One limit of a box, and how far it is to be trusted.

    Attributes:
        limit: Where it lies.
        p_value: Of the splits together.
        found_in: Share of the splits that find the same factor and side.
        low: 5th percentile of the limit over those splits.
        high: 95th percentile.
        without: Coverage and density of the box without it.
    """

    limit: Limit
    p_value: float
    found_in: float
    low: float
    high: float
    without: Quality

    @property
    def trusted(self) -> bool:
        """Whether it is more than chance."""
        return self.p_value <= DOUBT


@dataclass(frozen=True)
class Found:
    """One box.

    Attributes:
        restrictions: Those that are to be trusted; they make the box.
        doubtful: Those that the tree took too, and that are not part of the box.
        seen: Quality in the points that it was found in.
        unseen: Median quality in halves that the box of the other half has not seen.
        base: Share of failures among the points in which it was looked for.
    """

    restrictions: tuple[Restriction, ...]
    doubtful: tuple[Restriction, ...]
    seen: Quality
    unseen: Quality
    base: float

    @property
    def box(self) -> Box:
        """Its limits."""
        return tuple(each.limit for each in self.restrictions)


def find_boxes(
    x: Floats, fails: Bools, seed: int = 1
) -> tuple[list[Found], tuple[Restriction, ...]]:
    """Boxes of failure, the best first, and what the search after the last of them found but cannot be trusted.

    Args:
        x: [n, factors] points.
        fails: [n].
        seed: Of the splits.
    """
    boxes: list[Found] = []
    left = np.ones(len(x), np.bool_)
    while len(boxes) < MOST_BOXES:
        found = _trusted(x[left], fails[left], seed)
        if found is None:
            return boxes, ()
        if not found.restrictions:
            return boxes, found.doubtful
        if boxes and found.unseen.density < LEAST_DENSITY:
            return boxes, ()
        boxes.append(found)
        left &= ~inside(found.box, x)
    return boxes, ()


def _trusted(x: Floats, fails: Bools, seed: int) -> Found | None:
    box = find_box(x, fails)
    if not box:
        return None
    splits = list(_splits(fails, seed))
    boxes = [find_box(x[one], fails[one]) for one, _ in splits]
    told = [_judged(limit, box, boxes, splits, x, fails) for limit in box]
    sure = tuple(each for each in told if each.trusted)
    kept = tuple(each.limit for each in sure)
    sides = {limit.side for limit in kept}
    unseen = []
    for own, (_, other) in zip(boxes, splits, strict=True):
        mine = [limit for limit in own if limit.side in sides]
        if mine:
            unseen.append(quality(inside(mine, x[other]), fails[other]))
    return Found(
        sure,
        tuple(each for each in told if not each.trusted),
        quality(inside(kept, x), fails),
        _middle(unseen),
        float(fails.mean()),
    )


def _splits(fails: Bools, seed: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Halves with equally many failures."""
    generator = np.random.default_rng(seed)
    for _ in range(SPLITS):
        first = np.zeros(len(fails), np.bool_)
        for kind in (fails, ~fails):
            members = generator.permutation(np.flatnonzero(kind))
            first[members[: len(members) // 2]] = True
        yield np.flatnonzero(first), np.flatnonzero(~first)


def _judged(
    limit: Limit,
    box: Box,
    boxes: list[Box],
    splits: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    x: Floats,
    fails: Bools,
) -> Restriction:
    p_values, limits = [], []
    for own, (_, other) in zip(boxes, splits, strict=True):
        mine = next((each for each in own if each.side == limit.side), None)
        if mine is None:
            p_values.append(1.0)
            continue
        limits.append(mine.at)
        p_values.append(min(1.0, len(own) * _p_value(mine, own, x[other], fails[other])))
    low, high = np.quantile(limits, [0.05, 0.95]) if limits else (np.nan, np.nan)
    others = tuple(each for each in box if each != limit)
    return Restriction(
        limit,
        min(1.0, 2.0 * float(np.median(p_values))),
        len(limits) / len(splits),
        float(low),
        float(high),
        quality(inside(others, x), fails),
    )


def _p_value(limit: Limit, box: Box, x: Floats, fails: Bools) -> float:
    """Fisher's exact test, one side: do points of the box fail more often than those that only this limit shuts out?"""
    from scipy.stats import hypergeom

    around = inside([each for each in box if each != limit], x)
    within = around & limit.holds(x)
    hits = int((within & fails).sum())
    return float(
        hypergeom.sf(hits - 1, int(around.sum()), int((around & fails).sum()), int(within.sum()))
    )


def _middle(found: list[Quality]) -> Quality:
    if not found:
        return Quality(np.nan, np.nan, 0)
    return Quality(
        float(np.median([each.coverage for each in found])),
        float(np.nanmedian([each.density for each in found])),
        int(np.median([each.points for each in found])),
    )
