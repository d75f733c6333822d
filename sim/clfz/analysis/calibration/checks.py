"""Every check of a calibration as a row: check, item, value, bar, ok. A check that fails stays in the table.

The functions below give rows of one check each; `check_all` is the table of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import chisquare

from clfz.analysis.calibration import posterior
from clfz.analysis.calibration.fit import BLOCK, EFFECTIVE, LEAST, R_HAT, Fit, Scheme
from clfz.analysis.calibration.posterior import LEARNED, STAYS
from clfz.analysis.calibration.predict import (
    K_BAD,
    Prediction,
    log_crps,
    place_chances,
    pooled,
    predict,
    start_left_out,
)
from clfz.analysis.calibration.reporting import inside, interval
from clfz.inputs.indicators import COUNTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.calibration.run import Fitter
    from clfz.analysis.calibration.unknowns import Unknowns

    Floats = NDArray[np.float64]

PRIOR_DRAWS = 1500
CRPS = 0.55  # bar of the log CRPS against the prior's
GAINED = 0.5  # of what the oracle gains over the prior
ERRORS = 3.0  # standard errors of a correlation
RANKS, BINS = 99, 10  # draws against which a truth is ranked: 100 possible ranks
FEW = 20  # synthetic data sets, below which nothing is said of them

Row = tuple[str, Any, str, str]
"""Item, value, bar, and whether it is met: "yes", "no", or "" where nothing is asked."""


@dataclass
class Checks:
    """The table of checks, and what the report shows beside it.

    Attributes:
        rows: check, item, value, bar, ok.
        found: Tables by name.
    """

    rows: list[dict[str, Any]]
    found: dict[str, Any]


def row(item: str, value: Any, bar: str = "", ok: Any = None) -> Row:
    """A row; nothing is asked where `ok` is None."""
    told = round(float(value), 4) if isinstance(value, int | float | np.floating) else value
    return item, told, bar, "" if ok is None else "yes" if ok else "no"


def between(item: str, value: float, low: float, high: float) -> Row:
    """A row whose value has to lie in a range."""
    return row(item, value, f"{low:g} to {high:g}", low <= value <= high)


def at_most(item: str, value: float, limit: float, unit: str = "") -> Row:
    """A row whose value must not be above a limit."""
    return row(item, value, f"<= {limit:g}{unit}", value <= limit)


def at_least(item: str, value: float, limit: float, digits: str = "g") -> Row:
    """A row whose value must not be below a limit."""
    return row(item, value, f">= {limit:{digits}}", value >= limit)


def zero(item: str, value: int) -> Row:
    """A row for a number of what should not be."""
    return row(item, value, "0", value == 0)


def none_of(item: str, names: tuple[str, ...], wrong: Any) -> Row:
    """A row for unknowns that should not be what `wrong` [U] says."""
    told = [names[k] for k in np.flatnonzero(wrong)]
    return zero(f"{item}: {', '.join(told) or 'none'}", len(told))


def one(item: str, drawn: Floats, seen: float) -> Row:
    """A row for a number that must lie inside its range."""
    low, high = interval(drawn)
    return row(item, f"{seen:.0f} in {low:.0f} to {high:.0f}", "inside 90 %", inside(drawn, seen))


def counts(record: str, drawn: Floats, seen: Floats) -> Iterator[Row]:
    """A row for each count of a record. One in ten should lie outside, so none is judged by itself."""
    for kind, count, low, high in zip(COUNTED, seen, *interval(drawn), strict=True):
        where = "inside" if low <= count <= high else "outside"
        yield row(f"{record} {kind}", f"{count:.0f}, {where} {low:.0f} to {high:.0f}")


def all_counts(each: list[tuple[str, Floats, Floats]], most: float) -> Iterator[Row]:
    """Rows of the counts of (record, drawn, seen), and of the share of all that lies inside, at most `most`."""
    for told in each:
        yield from counts(*told)
    if each:
        hit = np.array([inside(drawn, seen) for _, drawn, seen in each])
        yield between(f"share of {hit.size} counts inside 90 %", float(hit.mean()), 0.83, most)


def check_all(
    fitter: Fitter, fits: dict[str, Fit], sets: list[dict[str, Any]], asked: int
) -> Checks:
    """All checks.

    Args:
        fitter: What every fit needs.
        fits: Of the records, by name of the task; "all" is the main one.
        sets: Results of synthetic data sets (`clfz.analysis.calibration.run.summary`).
        asked: How many synthetic data sets were asked for.
    """
    scheme, unknowns, z = fitter.scheme, fitter.scheme.unknowns, fits["all"].flat
    prior = np.random.default_rng(17).standard_normal((PRIOR_DRAWS, len(unknowns)))
    nothing = scheme.data(scheme.targets, without=scheme.targets.records)
    told = [
        {"record": name} | predictions(fitter, fits[f"without-{name}"], r, prior, nothing)
        for r, name in enumerate(scheme.targets.records)
    ]
    shuffled = [fit.flat for name, fit in fits.items() if name.startswith("shuffled")]
    found = {
        "fits": fits,
        "left out": told,
        "scores": score(told, scheme.targets.counts),
        "places": places(scheme, z),
        "contraction": posterior.contraction(z),
        "moved": posterior.moved(z),
        "torn": np.array([posterior.contraction(each) for each in shuffled]),
        "directions": posterior.directions(z, unknowns),
    }
    table = [
        ("table of runs", [row("draws that were used", fitter.rows)]),
        ("table of runs", [zero("runs that failed", fitter.failed)]),
        ("convergence", convergence(fits)),
        ("prior predictive", predictive(scheme, prior, nothing)),
        ("posterior predictive", predictive(scheme, z, scheme.data(scheme.targets))),
        ("record left out", records_left_out(scheme.targets.counts, found)),
        ("country left out", countries_left_out(scheme, fits)),
        ("starting point left out", starts_left_out(scheme, fits)),
        ("place of a record", place_rows(found)),
        ("contraction", contractions(unknowns.names, found)),
        ("labels", labels_of_records(unknowns.names, found)),
        ("contraction of a combination", combinations(found)),
        ("prior sensitivity", sensitivity(unknowns, z)),
        ("synthetic data", [row("data sets fitted", len(sets), f"{asked}", len(sets) == asked)]),
    ]
    if len(sets) >= FEW:
        each = {name: np.stack([part[name] for part in sets]) for name in sets[0]}
        shrunk = 1.0 - each["variance"].mean(axis=0) * 12.0
        found |= {"synthetic": each, "known truth": known_truth(each)}
        found["recovery"] = shrunk, correlations(each["mean"], each["truth"])
        table += [
            ("synthetic data", known_fits(each)),
            ("record left out, synthetic", known_records(found)),
            ("synthetic data", ranks_and_coverage(unknowns.names, each)),
            ("recovery", recovery(unknowns.names, found)),
            ("labels", labels_of_sets(unknowns.names, found)),
        ]
    columns = ("check", "item", "value", "bar", "ok")
    rows = [(check, *each) for check, part in table for each in part]
    return Checks([dict(zip(columns, each, strict=True)) for each in rows], found)


def convergence(fits: dict[str, Fit]) -> Iterator[Row]:
    """R-hat, effective sample and divergences of every fit of the records."""
    bar = f"R-hat <= {R_HAT}, effective >= {EFFECTIVE:.0f}, no divergence"
    for name, fit in fits.items():
        told = f"R-hat {fit.r_hat:.4f}, effective {fit.effective:.0f}, divergent {fit.divergent}, "
        told += f"{fit.z.shape[1]} draws a chain"
        yield row(name, told, bar, fit.converged)
    yield zero("fits that failed", sum(not fit.converged for fit in fits.values()))


def predictive(scheme: Scheme, z: Floats, data: dict[str, Any]) -> Iterator[Row]:
    """Prior or posterior predictive checks of each count and of the totals.

    Counts are those of a new programme at the record's place; the other records of its country say which place that is.
    """
    targets = scheme.targets
    drawn = [predict(scheme, z, data, r, 1).counts for r in range(len(targets.records))]
    yield from all_counts(list(zip(targets.records, drawn, targets.counts, strict=True)), 1.0)
    for name, (columns, value) in targets.totals.items():
        which = [COUNTED.index(column) for column in columns]
        yield one(f"total: {name}", sum(part[:, which].sum(axis=1) for part in drawn), value)


def predictions(
    fitter: Fitter, fit: Fit, r: int, prior: Floats, nothing: dict[str, Any]
) -> dict[str, Prediction]:
    """What the model, by a fit without it, and its rivals say of a record that they have not seen.

    Profiles were made with their record in sight, so a place's size may know what it should predict: "size not known"
    takes the log size as the other zones' sizes would have it, where at least two are left.
    """
    scheme, targets, truths = fitter.scheme, fitter.scheme.targets, fitter.truths
    data = scheme.data(targets)
    found = {"model": predict(scheme, fit.flat, data, r, 1)}
    own = {each.zone for each in targets.readings if each.record == r}
    sizes, mine = np.log(truths.children[:, 1]), np.array([zone in own for zone in truths.zones])
    others = sizes[~mine]
    if len(others) >= 2:
        blind = float(others.mean() - sizes[mine].mean()), float(others.std(ddof=1))
        found["size not known"] = predict(scheme, fit.flat, data, r, 1, *blind)
    found["prior"] = predict(scheme, prior, nothing, r, 1)
    logs, drawn = pooled(np.delete(targets.counts, r, 0), targets.counts[r], 1)
    found["counts alone"] = Prediction(drawn, float(logs.sum()), logs)
    return found


def score(told: list[dict[str, Any]], seen: Floats) -> dict[str, dict[str, float]]:
    """Of who predicts every record: counts inside 90 %, log scores (larger is better), mean log CRPS (smaller is)."""
    found = {}
    for who in ("model", "size not known", "prior", "counts alone"):
        each = [one[who] for one in told if who in one]
        if len(each) == len(told):
            both = list(zip(each, seen, strict=True))
            crps = [log_crps(one.counts[:, k], count[k]) for one, count in both for k in range(3)]
            found[who] = {
                "inside": sum(int(inside(one.counts, count).sum()) for one, count in both),
                "joint": sum(one.log_joint for one in each),
                "each": sum(float(one.log_each.sum()) for one in each),
                "crps": float(np.mean(crps)),
            }
    return found


def records_left_out(seen: Floats, found: dict[str, Any]) -> Iterator[Row]:
    """Each record predicted by a fit without it, against rivals."""
    told, scores, most = found["left out"], found["scores"], seen.size
    for each, count in zip(told, seen, strict=True):
        yield from counts(each["record"], each["model"].counts, count)
    model = scores["model"]
    least, top = (25, 29) if most == 30 else (round(0.83 * most), round(0.97 * most))
    yield between(f"counts inside 90 %, of {most}", model["inside"], least, top)
    for rival in ("counts alone", "prior"):
        for kind, text in (
            ("joint", f"{len(told)} records, three counts together"),
            ("each", f"{most} counts one by one"),
        ):
            gain = model[kind] - scores[rival][kind]
            yield row(f"log score against {rival}: {text}", gain, "> 0", gain > 0)
    if "size not known" in scores:
        gain = scores["size not known"]["joint"] - scores["counts alone"]["joint"]
        yield row("log score against counts alone, size of the place not known", gain)
    yield at_most("log CRPS against the prior", model["crps"] / scores["prior"]["crps"], CRPS)


def countries_left_out(scheme: Scheme, fits: dict[str, Fit]) -> Iterator[Row]:
    """The records of each country predicted by a fit without any of them."""
    targets, each = scheme.targets, []
    for code in targets.codes:
        gone = targets.records_of(code)
        if (fit := fits.get(f"without-country-{code}")) is None:
            continue
        data = scheme.data(targets, gone)
        for r in map(targets.records.index, gone):
            drawn = predict(scheme, fit.flat, data, r, 1).counts
            each.append((targets.records[r], drawn, targets.counts[r]))
    return all_counts(each, 0.97)


def starts_left_out(scheme: Scheme, fits: dict[str, Fit]) -> Iterator[Row]:
    """Each starting point predicted by a fit without it."""
    for place, (_, value) in scheme.targets.starts.items():
        z = fits[f"without-start-{place}"].flat
        data = scheme.data(scheme.targets, without_start=(place,))
        drawn, k = start_left_out(scheme, z, data, place, seed=1)
        yield one(place, drawn, value)
        yield at_most(f"{place}: Pareto's k of the weights", k, K_BAD)


def places(scheme: Scheme, z: Floats) -> list[tuple[str, str, float, float]]:
    """Record, place, and its chance before and after the counts are looked at, where it is not known."""
    targets = scheme.targets
    after = place_chances(scheme, z, scheme.data(targets))
    before = np.zeros(len(targets.readings))
    for _, ways, weight in scheme.ways:
        np.add.at(before, ways, np.exp(weight)[:, None])
    return [
        (targets.records[each.record], each.place, before[k], after[k])
        for k, each in enumerate(targets.readings)
        if before[k] < 1.0
    ]


def place_rows(found: dict[str, Any]) -> Iterator[Row]:
    """The same as rows."""
    for record, place, before, after in found["places"]:
        yield row(f"{record} is {place}", f"{before:.2f} before, {after:.2f} after")


def contractions(names: tuple[str, ...], found: dict[str, Any]) -> Iterator[Row]:
    """How much each unknown was learned."""
    for name, each in zip(names, found["contraction"], strict=True):
        yield row(name, each, posterior.label(each))


def labels_of_records(names: tuple[str, ...], found: dict[str, Any]) -> Iterator[Row]:
    """Is what stays at the prior taught by counts that were dealt out anew?"""
    if len(found["torn"]):
        item = "said to stay at the prior, but learned from counts dealt out anew"
        anew = found["torn"].mean(axis=0)
        yield none_of(item, names, (found["contraction"] < STAYS) & (anew >= LEARNED))


def combinations(found: dict[str, Any]) -> Iterator[Row]:
    """The combinations of unknowns that are learned best."""
    for share, parts in found["directions"]:
        yield row(", ".join(f"{weight:+.2f} {name}" for name, weight in parts), share)


def sensitivity(unknowns: Unknowns, z: Floats) -> Iterator[Row]:
    """What would other priors change? Power-scaling (Kallioinen et al. 2024): densities to the power 0.8 and 1.25.

    With prior^a in normal scores, a draw gets the weight prior^(a - 1); what counts is how far posterior means move.
    Ranges keep their ends; a uniform prior becomes some 6 % wider or narrower around its middle.
    """
    mean, sd = z.mean(axis=0), z.std(axis=0)
    own = [unknowns.at(each.name) for each in unknowns.own]
    model = [i for i in range(z.shape[1]) if i not in own]
    for told, power in (("flatter (power 0.8)", 0.8), ("sharper (power 1.25)", 1.25)):
        for group, columns in (("programmes and counting", own), ("model", model)):
            log_weight = (power - 1.0) * -0.5 * (z[:, columns] ** 2).sum(axis=1)
            weight = np.exp(log_weight - log_weight.max())
            weight /= weight.sum()
            move = np.abs((weight[:, None] * z).sum(axis=0) - mean) / sd
            worst = int(np.argmax(move))
            name = unknowns.names[worst]
            item = f"priors of {group} {told}: largest move of a mean ({name})"
            yield at_most(item, move[worst], 0.3, " posterior sd")
            size = 1.0 / (weight**2).sum()
            yield at_least(f"effective draws behind the line above ({told})", size, 200)


def known_fits(each: dict[str, Any]) -> Iterator[Row]:
    """How the fits of synthetic data sets went."""
    r_hat, effective, divergent, draws = each["fit"].T
    bad = (r_hat > R_HAT) | (effective < EFFECTIVE) | (divergent > 0)
    yield zero("fits that did not converge", int(bad.sum()))
    yield row("fits that had to go on longer", int((draws > BLOCK * LEAST).sum()))


def known_truth(each: dict[str, Any]) -> dict[str, Any]:
    """What the check of records left out says of a model that is right, over all sets [sets, records, 3].

    How near a fit comes to the oracle, who knows every shared unknown, says whether it takes from the records what is
    in them (`gained`).
    """
    fit, prior, oracle = (float(each[who].mean()) for who in ("crps", "prior", "oracle"))
    ratio = each["crps"].mean(axis=(1, 2)) / each["prior"].mean(axis=(1, 2))
    return {
        "sets": len(ratio),
        "share": float(each["inside"].mean()),
        "crps": fit / prior,
        "best": oracle / prior,
        "gained": (prior - fit) / (prior - oracle),
        "every": float(each["inside"].all(axis=(1, 2)).mean()),
        "met": int((ratio <= CRPS).sum()),
        "ratio": ratio,
    }


def known_records(found: dict[str, Any]) -> Iterator[Row]:
    """The same as rows. The bar on the log CRPS was asked before anyone knew what can be reached."""
    each, known, scores = found["synthetic"], found["known truth"], found["scores"]
    n, ratio, within = known["sets"], known["ratio"], each["inside"].sum(axis=(1, 2))
    most, crps = each["inside"][0].size, "log CRPS against the prior"
    ends = (0.05, 0.5, 0.95)
    yield between(f"share of counts inside 90 %, {n} sets", known["share"], 0.86, 0.95)
    yield at_most(f"{crps}, {n} sets", known["crps"], CRPS)
    low, middle, high = np.quantile(ratio, ends)
    told = f"{middle:.2f} ({low:.2f} to {high:.2f})"
    yield row(f"{crps}, middle set (90 % of sets)", told)
    yield row(f"share of sets in which that ratio is {CRPS} or less", known["met"] / n)
    item = f"{crps}, with every shared unknown known: nobody does better on average"
    yield row(item, known["best"])
    item = "share of that gain over the prior which the fit has"
    yield at_least(item, known["gained"], GAINED)
    low, middle, high = np.quantile(within, ends)
    item = f"counts inside 90 %, of {most}, in the middle set (90 % of sets)"
    yield row(item, f"{middle:.0f} ({low:.0f} to {high:.0f})")
    yield row(f"share of sets with all {most} counts inside, by luck", known["every"])
    item = f"share of records whose weights cannot be trusted (k above {K_BAD})"
    yield at_most(item, float((each["k"] > K_BAD).mean()), 0.05)
    real = scores["model"]["crps"] / scores["prior"]["crps"]
    item = f"share of sets with a smaller ratio than the records' {real:.2f}"
    yield between(item, float((ratio <= real).mean()), 0.025, 0.975)


def ranks_and_coverage(names: tuple[str, ...], each: dict[str, Any]) -> Iterator[Row]:
    """Simulation-based calibration (Talts et al. 2018) by a chi-square test of each rank, and coverage."""
    for name, ranks in zip(names, each["rank"].T, strict=True):
        seen = np.histogram(ranks, bins=BINS, range=(-0.5, RANKS + 0.5))[0]
        p = float(chisquare(seen).pvalue)
        yield at_least(f"uniform ranks: {name}", p, 0.05 / len(names), ".5f")
    truth = each["truth"]
    for level, low, high in ((50, 0.45, 0.55), (90, 0.87, 0.93)):
        hit = (truth >= each[f"low{level}"]) & (truth <= each[f"high{level}"])
        item = f"coverage of {level} % intervals, all unknowns"
        yield between(item, float(hit.mean()), low, high)


def recovery(names: tuple[str, ...], found: dict[str, Any]) -> Iterator[Row]:
    """Are truths found again? By the correlation of truth and estimate."""
    (shrunk, recovered), learned = found["recovery"], found["contraction"]
    sets = found["known truth"]["sets"]
    taught = np.flatnonzero(shrunk >= LEARNED).tolist()
    for k in taught:
        item = f"{names[k]} (contraction {shrunk[k]:.2f})"
        yield row(item, recovered[k], "correlation >= 0.6", recovered[k] >= 0.6)
    for k in sorted({*taught, *np.flatnonzero(learned >= LEARNED).tolist()}):
        # of an exact posterior the correlation is the root of the contraction (law of total variance)
        exact = np.sqrt(max(shrunk[k], 0.0))
        room = ERRORS * (1.0 - shrunk[k]) / np.sqrt(sets)
        near = abs(recovered[k] - exact) <= room
        item = f"{names[k]}: as an exact posterior finds it"
        yield row(item, recovered[k], f"{exact:.2f} +- {room:.2f}", near)
    enough = int((recovered[taught] >= 0.6).sum())
    yield row(f"correlation of 0.6 or more, of {len(taught)} learned", enough)


def labels_of_sets(names: tuple[str, ...], found: dict[str, Any]) -> Iterator[Row]:
    """Is what is said of the unknowns right on synthetic data?"""
    (shrunk, recovered), learned = found["recovery"], found["contraction"]
    rng, truth, mean = (
        np.random.default_rng(5),
        found["synthetic"]["truth"],
        found["synthetic"]["mean"],
    )
    torn = [correlations(mean, truth[rng.permutation(len(truth))]) for _ in range(40)]
    floor = np.quantile(np.abs(torn), 0.99)
    item = f"called learned, but no better than shuffled truths (correlation {floor:.2f})"
    yield none_of(item, names, (learned >= LEARNED) & (recovered <= floor))
    item = "said to stay at the prior, but learned from synthetic records"
    yield none_of(item, names, (learned < STAYS) & (shrunk >= LEARNED))


def correlations(a: Floats, b: Floats) -> Floats:
    """Of each column."""
    return np.asarray(pd.DataFrame(a).corrwith(pd.DataFrame(b)), np.float64)
