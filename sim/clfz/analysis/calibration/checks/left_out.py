"""Leave-one-record-out prediction, against honest rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.calibration import rivals
from clfz.analysis.calibration.checks.book import Checks, prior_z
from clfz.analysis.calibration.fit import Fit
from clfz.analysis.calibration.interval import inside
from clfz.analysis.calibration.predict import Prediction, predict
from clfz.analysis.calibration.run import Bench
from clfz.runs.measures import COUNTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


WHO = ("model", "size not known", "prior", "counts alone")


def left_out(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Leave-one-record-out prediction, against two rivals."""
    names = [name for name in bench.targets.records if f"without-{name}" in fits]
    if not names:
        return
    told = {name: _predictions(bench, fits[f"without-{name}"], name) for name in names}
    seen = {name: bench.targets.counts[bench.targets.records.index(name)] for name in names}
    asked = [who for who in WHO if all(who in told[name] for name in names)]
    scores = {who: _scores({name: told[name][who] for name in names}, seen) for who in asked}
    checks.found["left out"] = [{"record": name, **told[name]} for name in names]
    checks.found["scores"] = scores
    for name in names:
        checks.tell("record left out", name, told[name]["model"].counts, seen[name])
    most = 3 * len(names)
    least, top = (25, 29) if most == 30 else (round(0.83 * most), round(0.97 * most))
    count = int(scores["model"]["inside"])
    item = f"counts inside 90 %, of {most}"
    checks.add("record left out", item, count, f"{least} to {top}", least <= count <= top)
    whole = f"{len(names)} records, three counts together"
    for rival in ("counts alone", "prior"):
        for kind, text in (("joint", whole), ("each", f"{most} counts one by one")):
            gain = scores["model"][kind] - scores[rival][kind]
            item = f"log score against {rival}: {text}"
            checks.add("record left out", item, gain, "> 0", gain > 0)
    if "size not known" in scores:
        gain = scores["size not known"]["joint"] - scores["counts alone"]["joint"]
        item = "log score against counts alone, size of the place not known"
        checks.add("record left out", item, gain, "", None)
    ratio = scores["model"]["crps"] / scores["prior"]["crps"]
    item = "log CRPS against the prior"
    checks.add("record left out", item, ratio, "<= 0.55", ratio <= 0.55)


def _predictions(bench: Bench, fit: Fit, record: str) -> dict[str, Prediction]:
    """What each of `WHO` says of a record that it has not seen."""
    targets = bench.targets
    r = targets.records.index(record)
    nothing = bench.scheme.data(targets, without=targets.records)
    data = bench.scheme.data(targets)
    logs, drawn = rivals.pooled(np.delete(targets.counts, r, 0), targets.counts[r], 1)
    blind = _blind(bench, record)
    without_size = {"size not known": predict(bench.scheme, fit.flat, data, r, 1, *blind)}
    return {
        "model": predict(bench.scheme, fit.flat, data, r, 1),
        **(without_size if np.isfinite(blind).all() else {}),
        "prior": predict(bench.scheme, prior_z(bench), nothing, r, 1),
        "counts alone": Prediction(drawn, float(logs.sum()), logs, {}),
    }


def _scores(told: dict[str, Prediction], seen: dict[str, Floats]) -> dict[str, float]:
    """Counts inside 90 %, log scores (larger is better), mean log CRPS (smaller is better)."""
    crps = [
        rivals.log_crps(each.counts[:, k], seen[name][k])
        for name, each in told.items()
        for k in range(len(COUNTED))
    ]
    return {
        "inside": sum(int(inside(each.counts, seen[name]).sum()) for name, each in told.items()),
        "joint": sum(each.log_joint for each in told.values()),
        "each": sum(float(each.log_each.sum()) for each in told.values()),
        "crps": float(np.mean(crps)),
    }


def _blind(bench: Bench, record: str) -> tuple[float, float]:
    """Log size of the record's places as the other zones' sizes would have it: (shift, spread).

    Profiles were made with their record in sight, so their size may know what it should predict. Not finite where fewer
    than two places are left to tell a size.
    """
    r = bench.targets.records.index(record)
    own = {each.zone for each in bench.targets.readings if each.record == r}
    sizes = np.log(bench.truths.children[:, 1])
    mine = np.array([zone in own for zone in bench.truths.zones])
    others = sizes[~mine]
    if len(others) < 2:
        return np.nan, np.nan
    return float(others.mean() - sizes[mine].mean()), float(others.std(ddof=1))
