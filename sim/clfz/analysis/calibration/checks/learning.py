"""What the records taught, and what other priors would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.calibration import learned
from clfz.analysis.calibration.checks.book import Checks
from clfz.analysis.calibration.fit import EFFECTIVE, R_HAT, Fit
from clfz.analysis.calibration.run import Bench

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def convergence(checks: Checks, fits: dict[str, Fit]) -> None:
    """R-hat, effective sample and divergences of every fit of the records."""
    for name, fit in fits.items():
        told = (
            f"R-hat {fit.r_hat:.4f}, effective {fit.effective:.0f}, divergent {fit.divergent}, "
            f"{fit.z.shape[1]} draws a chain"
        )
        bar = f"R-hat <= {R_HAT}, effective >= {EFFECTIVE:.0f}, no divergence"
        checks.add("convergence", name, told, bar, fit.converged)
    failed = sum(not fit.converged for fit in fits.values())
    checks.add("convergence", "fits that failed", failed, "0", failed == 0)


def teaches(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """How much each unknown was learned, on the records and on counts dealt out anew."""
    value, moved = learned.contraction(fits["all"].flat), learned.moved(fits["all"].flat)
    torn = [learned.contraction(f.flat) for name, f in fits.items() if name.startswith("shuffled")]
    checks.found["contraction"] = value
    checks.found["moved"] = moved
    checks.found["torn"] = np.array(torn)
    checks.found["directions"] = learned.directions(fits["all"].flat, bench.unknowns)
    for name, each in zip(bench.unknowns.names, value, strict=True):
        checks.add("contraction", name, each, learned.label(each), None)
    if torn:
        anew = np.mean(torn, axis=0)
        wrong = [
            name
            for name, mine, other in zip(bench.unknowns.names, value, anew, strict=True)
            if mine < learned.STAYS and other >= learned.LEARNED
        ]
        item = "said to stay at the prior, but learned from counts dealt out anew"
        checks.add("labels", f"{item}: {', '.join(wrong) or 'none'}", len(wrong), "0", not wrong)
    for way in checks.found["directions"]:
        told = ", ".join(f"{weight:+.2f} {name}" for name, weight in way.parts)
        checks.add("contraction of a combination", told, way.contraction, "", None)


def sensitivity(checks: Checks, bench: Bench, fit: Fit) -> None:
    """What would other priors change? Power-scaling (Kallioinen et al. 2024): densities to the power 0.8 and 1.25.

    With prior^a in normal scores, a draw gets the weight prior^(a - 1); what counts is how far posterior means move.
    Ranges keep their ends; a uniform prior becomes some 6 % wider or narrower around its middle.
    """
    z = fit.flat
    mean, sd = z.mean(axis=0), z.std(axis=0)
    own = [bench.unknowns.at(each.name) for each in bench.unknowns.own]
    for told, power in (("flatter (power 0.8)", 0.8), ("sharper (power 1.25)", 1.25)):
        for group, columns in (
            ("programmes and counting", own),
            ("model", [i for i in range(z.shape[1]) if i not in own]),
        ):
            log_weight = (power - 1.0) * -0.5 * (z[:, columns] ** 2).sum(axis=1)
            weight = np.exp(log_weight - log_weight.max())
            weight /= weight.sum()
            moved = np.abs((weight[:, None] * z).sum(axis=0) - mean) / sd
            worst = int(np.argmax(moved))
            size = 1.0 / (weight**2).sum()
            item = (
                f"priors of {group} {told}: largest move of a mean ({bench.unknowns.names[worst]})"
            )
            checks.add(
                "prior sensitivity",
                item,
                moved[worst],
                "<= 0.3 posterior sd",
                bool(moved[worst] <= 0.3),
            )
            checks.add(
                "prior sensitivity",
                f"effective draws behind the line above ({told})",
                size,
                ">= 200",
                bool(size >= 200),
            )
