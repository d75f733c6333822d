"""Do the two methods agree on the records, and is the cross-check itself right where truth is known?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import abc, store, summaries
from clfz.analysis.calibration.checks.book import Checks
from clfz.analysis.calibration.fit import Fit
from clfz.analysis.calibration.run import Bench, Settings
from clfz.analysis.calibration.synthetic import data_set

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

APART = 0.3  # prior standard deviations
JUDGED = 60  # synthetic data sets on which ABC is judged; a small table has fewer
WIDTH = 12.0**-0.5  # standard deviation of a share of the prior


def cross_check(checks: Checks, out: Path, bench: Bench, fit: Fit, settings: Settings) -> None:
    """ABC on the same table against the main route."""
    kept = _clouds(out, bench, settings)
    found = abc.Cloud(
        **{name: kept[name] for name in ("mean", "sd", "share", "quantiles")},
        kept=int(kept["kept"]),
    )
    checks.found["abc"] = found
    apart = np.abs(found.mean - fit.flat.mean(axis=0))
    for name, each in zip(bench.unknowns.names, apart, strict=True):
        bar = f"<= {APART} prior standard deviations"
        checks.add("two methods", name, each, bar, bool(each <= APART))
    if len(kept["truth"]):
        _judge(checks, kept["truth"], kept["each_share"], kept["each_quantiles"])


def _clouds(out: Path, bench: Bench, settings: Settings) -> dict[str, Any]:
    """ABC of the records, and of synthetic data sets with known truth; kept on the disk."""

    def make() -> dict[str, Any]:
        pool = abc.pool(bench.learned, bench.unknowns, bench.targets, settings.seed)
        found = asdict(abc.cloud(pool, bench.targets))
        truth, share, quantiles = [], [], []
        for at in range(min(JUDGED, len(bench.truths))):
            u, targets = data_set(bench.truths, bench.unknowns, bench.targets, at, settings.seed)
            cloud = abc.cloud(pool, targets)
            truth.append(u)
            share.append(cloud.share)
            quantiles.append(cloud.quantiles)
        return {**found, "truth": truth, "each_share": share, "each_quantiles": quantiles}

    code = [Path(str(each.__file__)).read_text(encoding="utf-8") for each in (abc, summaries)]
    return store.kept(out / "abc.npz", store.key_of(bench.key, code, settings.seed, JUDGED), make)


def _judge(checks: Checks, truth: Floats, share: Floats, quantiles: Floats) -> None:
    """Coverage of ABC; and where the main route has fitted the same data sets, the errors of both."""
    from scipy.stats import norm

    edges = norm.cdf(quantiles)
    check = "two methods, truth known"
    for level, first, last, low, high in (("50", 1, 2, 0.45, 0.55), ("90", 0, 3, 0.87, 0.93)):
        hit = float(np.mean((truth >= edges[..., first]) & (truth <= edges[..., last])))
        item = f"ABC, {len(truth)} data sets: coverage of {level} % intervals, all unknowns"
        checks.add(check, item, hit, f"{low} to {high}", low <= hit <= high)
    other = checks.found.get("synthetic")
    if other is None:
        return
    same = [
        (mine, int(theirs))
        for mine, u in enumerate(truth)
        for theirs in np.flatnonzero((other["truth"] == u).all(axis=1))
    ]
    if not same:
        return
    mine, theirs = np.array(same).T
    main, mine_share, true = other["mean"][theirs], share[mine], truth[mine]
    for who, mean in (
        ("ABC", mine_share),
        ("main route", main),
        ("prior", np.full_like(main, 0.5)),
    ):
        error = float(np.mean(((mean - true) / WIDTH) ** 2))
        item = f"{who}, {len(same)} data sets: squared error of means (1: the prior's)"
        checks.add(check, item, error, "", None)
    apart = float((np.abs(mine_share - main) / WIDTH > APART).sum(axis=1).mean())
    item = f"unknowns apart by more than {APART}, mean of {len(same)} data sets"
    checks.add(check, item, apart, "", None)
