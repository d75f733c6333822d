"""Synthetic data sets with known truth: is the posterior as sure as it should be?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.calibration import learned, sbc, store
from clfz.analysis.calibration.checks.book import Checks
from clfz.analysis.calibration.checks.known_truth import known_truth
from clfz.analysis.calibration.fit import BLOCK, EFFECTIVE, LEAST, R_HAT
from clfz.analysis.calibration.run import Bench, Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


LUCK = 3.0  # standard errors of a correlation


def synthetic(checks: Checks, out: Path, bench: Bench, settings: Settings) -> None:
    """Simulation-based calibration, coverage, recovery, and whether the labels are right."""
    found = []
    for at in range(settings.sets):
        key = sbc.key_of(bench.key, at, settings.seed)
        if (part := store.read(sbc.path(out / "sets", at), key)) is not None:
            found.append(part)
    checks.add(
        "synthetic data",
        "data sets fitted",
        len(found),
        f"{settings.sets}",
        len(found) >= settings.sets,
    )
    if len(found) < 20:
        return
    each = {name: np.stack([part[name] for part in found]) for name in found[0]}
    checks.found["synthetic"] = each
    names, n = bench.unknowns.names, len(bench.unknowns)
    fits = each["fit"]
    bad = int(((fits[:, 0] > R_HAT) | (fits[:, 1] < EFFECTIVE) | (fits[:, 2] > 0)).sum())
    checks.add("synthetic data", "fits that did not converge", bad, "0", bad == 0)
    longer = int((fits[:, 3] > BLOCK * LEAST).sum())
    checks.add("synthetic data", "fits that had to go on longer", longer, "", None)
    known_truth(checks, each)
    p = np.array([sbc.uniform_p(each["rank"][:, k]) for k in range(n)])
    for k, name in enumerate(names):
        checks.add(
            "synthetic data",
            f"uniform ranks: {name}",
            p[k],
            f">= {0.05 / n:.5f}",
            bool(p[k] >= 0.05 / n),
        )
    for level, low, high in (("50", 0.45, 0.55), ("90", 0.87, 0.93)):
        hit = (each["truth"] >= each[f"low{level}"]) & (each["truth"] <= each[f"high{level}"])
        share = float(hit.mean())
        checks.add(
            "synthetic data",
            f"coverage of {level} % intervals, all unknowns",
            share,
            f"{low} to {high}",
            low <= share <= high,
        )
    shrunk = 1.0 - each["variance"].mean(axis=0) * 12.0
    corr = _correlations(each["mean"], each["truth"])
    checks.found["recovery"] = (shrunk, corr)
    taught = np.flatnonzero(shrunk >= learned.LEARNED).tolist()
    for k in taught:
        item = f"{names[k]} (contraction {shrunk[k]:.2f})"
        checks.add("recovery", item, corr[k], "correlation >= 0.6", bool(corr[k] >= 0.6))
    told = np.flatnonzero(checks.found["contraction"] >= learned.LEARNED).tolist()
    for k in sorted({*taught, *told}):
        # of an exact posterior the correlation is the root of the contraction (law of total variance)
        exact, luck = np.sqrt(max(shrunk[k], 0.0)), LUCK * (1.0 - shrunk[k]) / np.sqrt(len(found))
        item = f"{names[k]}: as an exact posterior finds it"
        near = bool(abs(corr[k] - exact) <= luck)
        checks.add("recovery", item, corr[k], f"{exact:.2f} +- {luck:.2f}", near)
    enough = int((corr[taught] >= 0.6).sum())
    checks.add(
        "recovery", f"correlation of 0.6 or more, of {len(taught)} learned", enough, "", None
    )
    rng = np.random.default_rng(5)
    floor = np.quantile(
        np.abs(
            [
                _correlations(each["mean"], each["truth"][rng.permutation(len(found))])
                for _ in range(40)
            ]
        ),
        0.99,
    )
    real = checks.found["contraction"]
    wrong = [
        name for k, name in enumerate(names) if real[k] >= learned.LEARNED and corr[k] <= floor
    ]
    checks.add(
        "labels",
        f"called learned, but no better than shuffled truths (correlation {floor:.2f}): {', '.join(wrong) or 'none'}",
        len(wrong),
        "0",
        not wrong,
    )
    wrong = [
        name
        for k, name in enumerate(names)
        if real[k] < learned.STAYS and shrunk[k] >= learned.LEARNED
    ]
    checks.add(
        "labels",
        f"said to stay at the prior, but learned from synthetic records: {', '.join(wrong) or 'none'}",
        len(wrong),
        "0",
        not wrong,
    )


def _correlations(a: Floats, b: Floats) -> Floats:
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    found: Floats = (a * b).sum(axis=0) / np.maximum(scale, 1e-12)
    return found
