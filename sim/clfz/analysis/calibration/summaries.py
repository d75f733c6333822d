"""What ABC looks at: numbers that tell of a data set, with records of unknown place and with zeros.

Each record is put at the place where the counts of its country fit best (least squares of logs against what is usual at
each place), so that a number always belongs to the same place. A zero is a number of its own, and what it leaves
without a logarithm is missing and later gets the mean. Beside the logs stand what records have in common (means), how
they differ (spreads) and what belongs together in a record (ratios and covariances): levels, spreads and noise among
the unknowns show there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.reporting import BRIDGED, PROTECTED, WITHDRAWN
from clfz.analysis.calibration.synthetic import Sets
from clfz.analysis.calibration.targets import Targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SMALL = 0.1  # added to a spread before its logarithm is taken


@dataclass(frozen=True)
class Usual:
    """Logs of counts above zero at each place.

    Attributes:
        mean: [readings, 3]; the same for all readings of a place.
        sd: [3] around it.
    """

    mean: Floats
    sd: Floats


def place_of(targets: Targets) -> NDArray[np.int64]:
    """Place of each reading, as an index of `Targets.places`."""
    return np.array([targets.places.index(each.place) for each in targets.readings])


def usual(sets: Sets, targets: Targets) -> Usual:
    """What is usual in data sets of which it is known where each record was made."""
    place = place_of(targets)
    n = len(targets.places)
    where, counts = place[sets.reading].ravel(), sets.counts.reshape(-1, 3)
    above = counts > 0
    log = np.log(np.maximum(counts, 1.0))
    mean, sd = np.zeros((n, 3)), np.zeros(3)
    for k in range(3):
        at, x = where[above[:, k]], log[above[:, k], k]
        often = np.bincount(at, minlength=n)
        mean[:, k] = np.bincount(at, x, minlength=n) / np.maximum(often, 1)
        sd[k] = np.sqrt(np.mean((x - mean[at, k]) ** 2)) if len(x) else 1.0
    return Usual(mean[place], np.maximum(sd, 0.1))


def placed(counts: Floats, targets: Targets, normal: Usual) -> tuple[Floats, Flags]:
    """Logs against what is usual at their place [n, R, 3], and which counts are above zero; in the order of places.

    Where a country has more places than records, each record stays what is likeliest before its counts are seen:
    otherwise the level of the counts would choose the place.
    """
    above = counts > 0
    log = np.log(np.maximum(counts, 1.0))
    place = place_of(targets)
    logs, flags = [], []
    for code in targets.codes:
        members, listed, weight = targets.matchings(code)
        ways = np.array(listed)
        mine, there = log[:, members], above[:, members]
        apart = np.stack([(mine - normal.mean[way]) / normal.sd for way in ways])
        cost = 0.5 * (apart**2 * there).sum(axis=(2, 3)) - np.array(weight)[:, None]
        whole = len(np.unique(place[ways])) == len(members)
        best = cost.argmin(axis=0) if whole else np.full(len(counts), int(np.argmax(weight)))
        way = ways[best]
        order = np.argsort(place[way], axis=1)[..., None]
        logs.append(np.take_along_axis(mine - normal.mean[way], order, axis=1))
        flags.append(np.take_along_axis(there, order, axis=1))
    return np.concatenate(logs, axis=1), np.concatenate(flags, axis=1)


def summaries(counts: Floats, starts: Floats, targets: Targets, normal: Usual) -> Floats:
    """All of it [n, S]; what a zero leaves open is NaN.

    Args:
        counts: [n, R, 3].
        starts: [n, starting points].
        targets: Gives countries and places.
        normal: Of `usual`.
    """
    log, above = placed(counts, targets, normal)
    w, p, b = (log[..., k] for k in (WITHDRAWN, PROTECTED, BRIDGED))
    has_w, has_p, has_b = (above[..., k] for k in (WITHDRAWN, PROTECTED, BRIDGED))
    pairs = [(b - w, has_b & has_w), (p - w, has_p & has_w), (p - b, has_p & has_b)]
    three = (p - (w + b) / 2, has_w & has_p & has_b)
    of_records = [(w, has_w), (p, has_p), (b, has_b), *pairs[:2]]
    parts = [np.where(there, x, np.nan) for x, there in of_records]
    parts += [has_p, has_b, has_p.sum(axis=1), has_b.sum(axis=1), np.log1p(starts)]
    for x, there in [*of_records, pairs[2], three]:
        spread = np.sqrt(_together(x, x, there))
        parts += [_mean(x, there), spread, np.log(spread + SMALL)]
    parts += [_together(b, w, pairs[0][1]), _together(p, w, pairs[1][1])]
    parts += [_together(p, b, pairs[2][1])]
    return np.concatenate(
        [np.reshape(each, (len(counts), -1)) for each in parts], axis=1, dtype=float
    )


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of each summary, of those that are there."""

    mean: Floats
    sd: Floats

    def __call__(self, found: Floats) -> Floats:
        """Standardised; what is missing gets the mean, what lies far out is pulled in."""
        apart = np.clip((found - self.mean) / self.sd, -4.0, 4.0)
        return np.where(np.isnan(apart), 0.0, apart)


def scale(found: Floats) -> Scale:
    """Of data sets [n, S]."""
    there = ~np.isnan(found)
    mean, variance = _mean(found.T, there.T), _together(found.T, found.T, there.T)
    known = np.nan_to_num(variance) > 0
    return Scale(np.where(known, mean, 0.0), np.where(known, np.sqrt(variance), 1.0))


def _mean(x: Floats, there: Flags) -> Floats:
    """Mean over the last axis, of those that are there; NaN where there is none."""
    often = there.sum(axis=-1)
    mean: Any = np.where(there, x, 0.0).sum(axis=-1) / np.maximum(often, 1)
    return np.where(often > 0, mean, np.nan)


def _together(x: Floats, y: Floats, there: Flags) -> Floats:
    """Covariance over the last axis, likewise."""
    apart = [np.where(there, each - _mean(each, there)[..., None], 0.0) for each in (x, y)]
    return _mean(apart[0] * apart[1], there)
