"""What a calibration says, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.checks.known_truth import CRPS
from clfz.analysis.calibration.learned import LEARNED, MOVED, STAYS

if TYPE_CHECKING:
    from clfz.analysis.calibration.checks import Checks
    from clfz.analysis.calibration.run import Bench


def answer(checks: Checks, bench: Bench) -> list[str]:
    """The first lines: what the reports teach, what they do not, and how well records are predicted."""
    value = checks.found["contraction"]
    words = [parameter.meaning.rstrip(".") for parameter in bench.unknowns.parameters]
    order = np.argsort(-value)
    most = [words[i][0].lower() + words[i][1:] for i in order if value[i] >= LEARNED]
    stays = len(silent(checks))
    said = []
    if most:
        said.append(f"The reports teach most about: {'; '.join(most[:6])}.")
    said.append(
        f"They say nothing about {stays} of the {len(words)} things that are not known: those stay as they "
        "were believed before."
    )
    if scores := checks.found.get("scores"):
        told, n = scores["model"], 3 * len(checks.found["left out"])
        said.append(
            f"Predicted without its own record, {told['inside']} of {n} reported counts lie in the range that "
            f"should hold 9 of 10 (about {0.9 * n:.0f})."
        )
        gains = {
            rival: told["joint"] - scores[rival]["joint"] for rival in ("counts alone", "prior")
        }
        verdict = {True: "better", False: "worse"}
        said.append(
            f"All counts together are predicted {verdict[gains['counts alone'] > 0]} than by the counts alone "
            f"({gains['counts alone']:+.1f} in log score) and {verdict[gains['prior'] > 0]} than before calibration "
            f"({gains['prior']:+.1f})."
        )
    failed = [row for row in checks.rows if row["ok"] == "no"]
    asked = sum(row["ok"] != "" for row in checks.rows)
    said.append(f"{len(failed)} of {asked} checks failed; each is named below.")
    return said


def silent(checks: Checks) -> list[int]:
    """Unknowns that the reports neither narrow nor move."""
    value, moved = checks.found["contraction"], checks.found["moved"]
    return np.flatnonzero((value < STAYS) & (np.abs(moved) < MOVED)).tolist()


def nothing_about(checks: Checks, bench: Bench) -> list[str]:
    """One line for each unknown that the reports say nothing about."""
    return [f"The reports say nothing about {_named(bench, i)}" for i in silent(checks)]


def only_moved(checks: Checks, bench: Bench) -> list[str]:
    """One line for each unknown that the reports move without narrowing it."""
    value, moved = checks.found["contraction"], checks.found["moved"]
    return [
        f"The reports make {'larger' if moved[i] > 0 else 'smaller'} values likelier, but leave as wide as it was, "
        f"{_named(bench, i)}"
        for i in np.flatnonzero((value < STAYS) & (np.abs(moved) >= MOVED)).tolist()
    ]


def _named(bench: Bench, i: int) -> str:
    meaning = bench.unknowns.parameters[i].meaning
    return f"{bench.unknowns.names[i]}: {meaning[0].lower()}{meaning[1:]}"


def learned_rows(checks: Checks, bench: Bench, z: Any) -> list[list[str]]:
    """What moved: name, meaning, believed before and after (middle, 90 %), share learned."""
    from scipy.stats import norm

    value = checks.found["contraction"]
    ends = [0.05, 0.5, 0.95]
    after = np.quantile(bench.unknowns.values(norm.cdf(z)), ends, axis=0)
    before = np.array([bench.unknowns.values(np.full(len(value), each)) for each in ends])
    rows = []
    for i in np.argsort(-value):
        if value[i] < STAYS:
            break
        parameter = bench.unknowns.parameters[i]
        rows.append(
            [
                bench.unknowns.names[i],
                parameter.meaning,
                parameter.unit,
                _range(before[:, i]),
                _range(after[:, i]),
                f"{100 * value[i]:.0f} %",
            ]
        )
    return rows


def _range(ends: Any) -> str:
    return f"{ends[1]:.3g} ({ends[0]:.3g} to {ends[2]:.3g})"


def torn_rows(checks: Checks, bench: Bench) -> list[list[str]]:
    """What is learned from the records, and from the same counts dealt out to other records (mean, least, most)."""
    value, torn = checks.found["contraction"], checks.found["torn"]
    if not len(torn):
        return []
    torn = np.asarray(torn)
    return [
        [
            bench.unknowns.names[i],
            f"{value[i]:.2f}",
            f"{torn[:, i].mean():.2f} ({torn[:, i].min():.2f} to {torn[:, i].max():.2f})",
            _torn(value[i], torn[:, i]),
        ]
        for i in np.argsort(-value)
        if value[i] >= LEARNED
    ]


def _torn(value: float, torn: Any) -> str:
    """Where what is learned comes from."""
    if value > torn.max() and value - torn.mean() >= 0.1:
        return "from what belongs together in a record too"
    if value < torn.min() and torn.mean() - value >= 0.1:
        return "less than from torn records"
    return "from the counts of each kind alone"


def reach(checks: Checks) -> str:
    """What the check of records left out says of a model that is right: is its bar within reach of such data?"""
    found = checks.found.get("known truth")
    if found is None:
        return ""
    n, ratio = len(found["ratio"]), found["ratio"]
    met = int((ratio <= CRPS).sum())
    said = (
        f"The same check on {n} synthetic data sets, where the model is true: "
        f"{100 * found['share']:.0f} % of the counts lie inside the 90 % range, in {100 * found['every']:.0f} % of the "
        f"sets all of them do by luck, and the log CRPS is {found['crps']:.2f} of the prior's "
        f"({met} of {n} sets reach the bar of {CRPS}). Who knew every shared unknown exactly would have "
        f"{found['best']:.2f}; the fits have {100 * found['gained']:.0f} % of what can be gained."
    )
    if found["best"] > CRPS:
        said += (
            f" So over many such data sets no method comes to {CRPS}, and a single set does only by chance: the rest "
            "is chance and the doings of a single zone, which the records of others do not tell."
        )
    return said


def directions(checks: Checks) -> list[str]:
    """Combinations that the reports see, in words."""
    found = []
    for way in checks.found["directions"]:
        up = [name for name, weight in way.parts if weight > 0]
        down = [name for name, weight in way.parts if weight < 0]
        told = (
            f"{' and '.join(up)} together"
            if not down
            else f"{' and '.join(up)} against {' and '.join(down)}"
        )
        if not way.parts:
            continue
        if len(way.parts) == 1:
            told = f"{way.parts[0][0]} alone"
        found.append(f"{told}: {100 * way.contraction:.0f} % of what was not known is taken away")
    return found


def places(checks: Checks, bench: Bench) -> list[list[str]]:
    """Which place a record belongs to, by what its country's other records say and by its own."""
    found = []
    for row in checks.found.get("labels", ()):
        found.append(
            [
                row["record"],
                row["place"],
                f"{100 * row['before']:.0f} %",
                f"{100 * row['after']:.0f} %",
            ]
        )
    return found
