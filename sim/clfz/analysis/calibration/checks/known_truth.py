"""The check of records left out, made on synthetic data sets: what would it say of a model that is right?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.calibration.checks.book import Checks
from clfz.analysis.calibration.unseen import K_BAD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CRPS = 0.55  # bar of the log CRPS against the prior's
GAINED = 0.5  # of what the oracle gains over the prior
CHECK = "record left out, synthetic"


def known_truth(checks: Checks, each: dict[str, Floats]) -> None:
    """Coverage and log CRPS of records left out, over all sets [sets, records, 3].

    The bar on the log CRPS was asked before anyone knew what can be reached. How near a fit comes to the oracle, who
    knows every shared unknown, says whether it takes from the records what is in them.
    """
    inside, ratio = each["inside"], ratios(each["crps"], each["prior"])
    share = float(inside.mean())
    fit, prior, oracle = (float(each[who].mean()) for who in ("crps", "prior", "oracle"))
    whole, best, gained = fit / prior, oracle / prior, (prior - fit) / (prior - oracle)
    n, records = inside.shape[:2]
    where = f"{n} sets"
    item = f"share of counts inside 90 %, {where}"
    checks.add(CHECK, item, share, "0.86 to 0.95", 0.86 <= share <= 0.95)
    checks.add(CHECK, f"log CRPS against the prior, {where}", whole, f"<= {CRPS}", whole <= CRPS)
    low, middle, high = np.quantile(ratio, [0.05, 0.5, 0.95])
    told = f"{middle:.2f} ({low:.2f} to {high:.2f})"
    checks.add(CHECK, "log CRPS against the prior, middle set (90 % of sets)", told, "", None)
    item = f"share of sets in which that ratio is {CRPS} or less"
    checks.add(CHECK, item, float((ratio <= CRPS).mean()), "", None)
    item = (
        "log CRPS against the prior, with every shared unknown known: nobody does better on average"
    )
    checks.add(CHECK, item, best, "", None)
    item = "share of that gain over the prior which the fit has"
    checks.add(CHECK, item, gained, f">= {GAINED}", gained >= GAINED)
    most = 3 * records
    low, middle, high = np.quantile(inside.sum(axis=(1, 2)), [0.05, 0.5, 0.95])
    item = f"counts inside 90 %, of {most}, in the middle set (90 % of sets)"
    checks.add(CHECK, item, f"{middle:.0f} ({low:.0f} to {high:.0f})", "", None)
    every = float((inside.sum(axis=(1, 2)) == most).mean())
    checks.add(CHECK, f"share of sets with all {most} counts inside, by luck", every, "", None)
    bad = float((each["k"] > K_BAD).mean())
    item = f"share of records whose weights cannot be trusted (k above {K_BAD})"
    checks.add(CHECK, item, bad, "<= 0.05", bad <= 0.05)
    if scores := checks.found.get("scores"):
        real = scores["model"]["crps"] / scores["prior"]["crps"]
        below = float((ratio <= real).mean())
        item = f"share of sets with a smaller ratio than the records' {real:.2f}"
        checks.add(CHECK, item, below, "0.025 to 0.975", 0.025 <= below <= 0.975)
    checks.found["known truth"] = {
        "share": share,
        "crps": whole,
        "best": best,
        "gained": gained,
        "ratio": ratio,
        "every": every,
    }


def ratios(crps: Floats, prior: Floats) -> Floats:
    """Log CRPS against the prior's in every set [sets]."""
    found: Floats = crps.mean(axis=(1, 2)) / prior.mean(axis=(1, 2))
    return found
