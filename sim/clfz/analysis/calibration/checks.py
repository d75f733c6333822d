"""Every check of a calibration as a row: check, item, value, bar, ok. A check that fails stays in the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import chisquare

from clfz.analysis.calibration.fit import BLOCK, EFFECTIVE, LEAST, R_HAT, Fit
from clfz.analysis.calibration.posterior import (
    LEARNED,
    STAYS,
    contraction,
    directions,
    label,
    moved,
)
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

    from clfz.analysis.calibration.run import Bench

    Floats = NDArray[np.float64]

PRIOR_DRAWS = 1500
WHO = ("model", "size not known", "prior", "counts alone")
CRPS = 0.55  # bar of the log CRPS against the prior's
GAINED = 0.5  # of what the oracle gains over the prior
ERRORS = 3.0  # standard errors of a correlation
RANKS, BINS = 99, 10  # draws against which a truth is ranked: 100 possible ranks
FEW = 20  # synthetic data sets, below which nothing is said of them


@dataclass
class Checks:
    """The table of checks, and what the report shows beside it.

    Attributes:
        rows: check, item, value, bar, ok ("yes", "no", or "" where nothing is asked).
        found: Tables by name.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def add(self, check: str, item: str, value: Any, bar: str = "", ok: Any = None) -> None:
        """Add a row; nothing is asked where `ok` is None."""
        told = round(float(value), 4) if isinstance(value, int | float | np.floating) else value
        verdict = "" if ok is None else "yes" if ok else "no"
        self.rows.append({"check": check, "item": item, "value": told, "bar": bar, "ok": verdict})

    def between(self, check: str, item: str, value: float, low: float, high: float) -> None:
        """Add a row whose value has to lie in a range."""
        self.add(check, item, value, f"{low:g} to {high:g}", low <= value <= high)

    def counts(self, check: str, record: str, drawn: Floats, seen: Floats) -> int:
        """A row for each count of a record; returns how many lie inside.

        One count in ten should lie outside, so no count is judged by itself.
        """
        (low, high), ok = interval(drawn), inside(drawn, seen)
        for k, kind in enumerate(COUNTED):
            where = "inside" if ok[k] else "outside"
            self.add(
                check, f"{record} {kind}", f"{seen[k]:.0f}, {where} {low[k]:.0f} to {high[k]:.0f}"
            )
        return int(ok.sum())

    def one(self, check: str, item: str, drawn: Floats, seen: float) -> None:
        """A row for a number that must lie inside its range."""
        low, high = interval(drawn)
        told = f"{seen:.0f} in {low:.0f} to {high:.0f}"
        self.add(check, item, told, "inside 90 %", inside(drawn, seen))

    def none(self, check: str, item: str, wrong: list[str]) -> None:
        """A row for a list of names that should be empty."""
        self.add(check, f"{item}: {', '.join(wrong) or 'none'}", len(wrong), "0", not wrong)


def check_all(bench: Bench, fits: dict[str, Fit], sets: list[dict[str, Any]], asked: int) -> Checks:
    """All checks for which there is a fit.

    Args:
        bench: What every fit needs.
        fits: Of the records, by name of the task; "all" is the main one.
        sets: Results of synthetic data sets (`clfz.analysis.calibration.run.summary`).
        asked: How many of them were asked for.
    """
    checks = Checks()
    checks.found["fits"] = fits
    checks.add("table of runs", "draws that were used", bench.rows)
    checks.add("table of runs", "runs that failed", bench.failed, "0", bench.failed == 0)
    convergence(checks, fits)
    seen_records(checks, bench, fits["all"])
    records_left_out(checks, bench, fits)
    countries_left_out(checks, bench, fits)
    starts_left_out(checks, bench, fits)
    places(checks, bench, fits["all"])
    teaches(checks, bench, fits)
    sensitivity(checks, bench, fits["all"])
    check = "synthetic data"
    checks.add(check, "data sets fitted", len(sets), f"{asked}", len(sets) >= asked)
    if len(sets) >= FEW:
        each = {name: np.stack([part[name] for part in sets]) for name in sets[0]}
        known_truths(checks, list(bench.unknowns.names), each)
    return checks


def convergence(checks: Checks, fits: dict[str, Fit]) -> None:
    """R-hat, effective sample and divergences of every fit of the records."""
    bar = f"R-hat <= {R_HAT}, effective >= {EFFECTIVE:.0f}, no divergence"
    for name, fit in fits.items():
        told = f"R-hat {fit.r_hat:.4f}, effective {fit.effective:.0f}, divergent {fit.divergent}, "
        told += f"{fit.z.shape[1]} draws a chain"
        checks.add("convergence", name, told, bar, fit.converged)
    failed = sum(not fit.converged for fit in fits.values())
    checks.add("convergence", "fits that failed", failed, "0", failed == 0)


def prior_z(bench: Bench) -> Floats:
    """Draws of the prior."""
    return np.random.default_rng(17).standard_normal((PRIOR_DRAWS, len(bench.unknowns)))


def seen_records(checks: Checks, bench: Bench, fit: Fit) -> None:
    """Prior and posterior predictive checks of each count and of the totals.

    Counts are those of a new programme at the record's place; the other records of its country say which place that is.
    """
    targets = bench.targets
    everything = bench.scheme.data(targets)
    nothing = bench.scheme.data(targets, without=targets.records)
    for what, z, data in (("prior", prior_z(bench), nothing), ("posterior", fit.flat, everything)):
        check = f"{what} predictive"
        drawn = [predict(bench.scheme, z, data, r, 1).counts for r in range(len(targets.records))]
        each = zip(targets.records, drawn, targets.counts, strict=True)
        hit = sum(checks.counts(check, *one) for one in each)
        _share(checks, check, hit, targets.counts.size, 1.0)
        for name, (columns, value) in targets.totals.items():
            which = [COUNTED.index(column) for column in columns]
            total: Any = sum(part[:, which].sum(axis=1) for part in drawn)
            checks.one(check, f"total: {name}", total, value)


def _share(checks: Checks, check: str, hit: int, total: int, most: float) -> None:
    checks.between(check, f"share of {total} counts inside 90 %", hit / total, 0.83, most)


def records_left_out(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Each record predicted by a fit without it, against two rivals."""
    targets, check = bench.targets, "record left out"
    names = [name for name in targets.records if f"without-{name}" in fits]
    if not names:
        return
    told = {name: _predictions(bench, fits[f"without-{name}"], name) for name in names}
    seen = {name: targets.counts[targets.records.index(name)] for name in names}
    asked = [who for who in WHO if all(who in told[name] for name in names)]
    scores = {who: _scores({name: told[name][who] for name in names}, seen) for who in asked}
    checks.found["left out"] = [{"record": name, **told[name]} for name in names]
    checks.found["scores"] = scores
    for name in names:
        checks.counts(check, name, told[name]["model"].counts, seen[name])
    most = 3 * len(names)
    least, top = (25, 29) if most == 30 else (round(0.83 * most), round(0.97 * most))
    checks.between(check, f"counts inside 90 %, of {most}", scores["model"]["inside"], least, top)
    for rival in ("counts alone", "prior"):
        for kind, text in (
            ("joint", f"{len(names)} records, three counts together"),
            ("each", f"{most} counts one by one"),
        ):
            gain = scores["model"][kind] - scores[rival][kind]
            checks.add(check, f"log score against {rival}: {text}", gain, "> 0", gain > 0)
    if "size not known" in scores:
        gain = scores["size not known"]["joint"] - scores["counts alone"]["joint"]
        checks.add(check, "log score against counts alone, size of the place not known", gain)
    ratio = scores["model"]["crps"] / scores["prior"]["crps"]
    checks.add(check, "log CRPS against the prior", ratio, f"<= {CRPS}", ratio <= CRPS)


def _predictions(bench: Bench, fit: Fit, record: str) -> dict[str, Prediction]:
    """What each of `WHO` says of a record that it has not seen.

    Profiles were made with their record in sight, so a place's size may know what it should predict: "size not known"
    takes the log size as the other zones' sizes would have it, where at least two are left.
    """
    targets, scheme = bench.targets, bench.scheme
    r = targets.records.index(record)
    data = scheme.data(targets)
    found = {"model": predict(scheme, fit.flat, data, r, 1)}
    own = {each.zone for each in targets.readings if each.record == r}
    sizes = np.log(bench.truths.children[:, 1])
    mine = np.array([zone in own for zone in bench.truths.zones])
    others = sizes[~mine]
    if len(others) >= 2:
        blind = float(others.mean() - sizes[mine].mean()), float(others.std(ddof=1))
        found["size not known"] = predict(scheme, fit.flat, data, r, 1, *blind)
    nothing = scheme.data(targets, without=targets.records)
    found["prior"] = predict(scheme, prior_z(bench), nothing, r, 1)
    logs, drawn = pooled(np.delete(targets.counts, r, 0), targets.counts[r], 1)
    found["counts alone"] = Prediction(drawn, float(logs.sum()), logs, {})
    return found


def _scores(told: dict[str, Prediction], seen: dict[str, Floats]) -> dict[str, float]:
    """Counts inside 90 %, log scores (larger is better), mean log CRPS (smaller is better)."""
    crps = [
        log_crps(each.counts[:, k], seen[name][k])
        for name, each in told.items()
        for k in range(len(COUNTED))
    ]
    return {
        "inside": sum(int(inside(each.counts, seen[name]).sum()) for name, each in told.items()),
        "joint": sum(each.log_joint for each in told.values()),
        "each": sum(float(each.log_each.sum()) for each in told.values()),
        "crps": float(np.mean(crps)),
    }


def countries_left_out(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """The records of each country predicted by a fit without any of them."""
    targets, check = bench.targets, "country left out"
    hit, total = 0, 0
    for code in targets.codes:
        if (fit := fits.get(f"without-country-{code}")) is None:
            continue
        gone = [r for r, country in enumerate(targets.countries) if country == code]
        data = bench.scheme.data(targets, tuple(targets.records[r] for r in gone))
        for r in gone:
            drawn = predict(bench.scheme, fit.flat, data, r, 1).counts
            hit += checks.counts(check, targets.records[r], drawn, targets.counts[r])
            total += len(COUNTED)
    if total:
        _share(checks, check, hit, total, 0.97)


def starts_left_out(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """Each starting point predicted by a fit without it."""
    check = "starting point left out"
    for place, (_, value) in bench.targets.starts.items():
        if (fit := fits.get(f"without-start-{place}")) is None:
            continue
        data = bench.scheme.data(bench.targets, without_start=(place,))
        drawn, k = start_left_out(bench.scheme, fit.flat, data, place, seed=1)
        checks.one(check, place, drawn, value)
        checks.add(check, f"{place}: Pareto's k of the weights", k, f"<= {K_BAD}", k <= K_BAD)


def places(checks: Checks, bench: Bench, fit: Fit) -> None:
    """Chance of each place of each record, before and after its counts are looked at."""
    targets = bench.targets
    after = place_chances(bench.scheme, fit.flat, bench.scheme.data(targets))
    before = np.zeros(len(targets.readings))
    for code in targets.codes:
        _, ways, weight = targets.matchings(code)
        for way, log in zip(ways, weight, strict=True):
            before[list(way)] += np.exp(log)
    checks.found["places"] = [
        (targets.records[each.record], each.place, before[k], after[k])
        for k, each in enumerate(targets.readings)
        if before[k] < 1.0
    ]
    for record, place, first, then in checks.found["places"]:
        told = f"{first:.2f} before, {then:.2f} after"
        checks.add("place of a record", f"{record} is {place}", told)


def teaches(checks: Checks, bench: Bench, fits: dict[str, Fit]) -> None:
    """How much each unknown was learned, on the records and on counts dealt out anew."""
    z, names = fits["all"].flat, bench.unknowns.names
    value = contraction(z)
    torn = np.array(
        [contraction(f.flat) for name, f in fits.items() if name.startswith("shuffled")]
    )
    ways = directions(z, bench.unknowns)
    checks.found |= {"contraction": value, "moved": moved(z), "torn": torn, "directions": ways}
    for name, each in zip(names, value, strict=True):
        checks.add("contraction", name, each, label(each))
    if len(torn):
        anew = np.mean(torn, axis=0)
        wrong = [names[k] for k in np.flatnonzero((value < STAYS) & (anew >= LEARNED))]
        item = "said to stay at the prior, but learned from counts dealt out anew"
        checks.none("labels", item, wrong)
    for share, parts in ways:
        told = ", ".join(f"{weight:+.2f} {name}" for name, weight in parts)
        checks.add("contraction of a combination", told, share)


def sensitivity(checks: Checks, bench: Bench, fit: Fit) -> None:
    """What would other priors change? Power-scaling (Kallioinen et al. 2024): densities to the power 0.8 and 1.25.

    With prior^a in normal scores, a draw gets the weight prior^(a - 1); what counts is how far posterior means move.
    Ranges keep their ends; a uniform prior becomes some 6 % wider or narrower around its middle.
    """
    z, names, check = fit.flat, bench.unknowns.names, "prior sensitivity"
    mean, sd = z.mean(axis=0), z.std(axis=0)
    own = [bench.unknowns.at(each.name) for each in bench.unknowns.own]
    model = [i for i in range(z.shape[1]) if i not in own]
    for told, power in (("flatter (power 0.8)", 0.8), ("sharper (power 1.25)", 1.25)):
        for group, columns in (("programmes and counting", own), ("model", model)):
            log_weight = (power - 1.0) * -0.5 * (z[:, columns] ** 2).sum(axis=1)
            weight = np.exp(log_weight - log_weight.max())
            weight /= weight.sum()
            move = np.abs((weight[:, None] * z).sum(axis=0) - mean) / sd
            worst = int(np.argmax(move))
            item = f"priors of {group} {told}: largest move of a mean ({names[worst]})"
            checks.add(check, item, move[worst], "<= 0.3 posterior sd", move[worst] <= 0.3)
            size = 1.0 / (weight**2).sum()
            item = f"effective draws behind the line above ({told})"
            checks.add(check, item, size, ">= 200", size >= 200)


def known_truths(checks: Checks, names: list[str], each: dict[str, Any]) -> None:
    """Simulation-based calibration (Talts et al. 2018), coverage, recovery, and whether the labels are right.

    Args:
        checks: With the contraction of the records.
        names: Of the unknowns.
        each: [sets, ...] what is known of each set (`clfz.analysis.calibration.run.summary`).
    """
    check, n = "synthetic data", len(names)
    checks.found["synthetic"] = each
    fits, truth, mean = each["fit"], each["truth"], each["mean"]
    bad = int(((fits[:, 0] > R_HAT) | (fits[:, 1] < EFFECTIVE) | (fits[:, 2] > 0)).sum())
    checks.add(check, "fits that did not converge", bad, "0", bad == 0)
    longer = int((fits[:, 3] > BLOCK * LEAST).sum())
    checks.add(check, "fits that had to go on longer", longer)
    known_records(checks, each)
    for k, name in enumerate(names):
        p, bar = uniform_p(each["rank"][:, k]), 0.05 / n
        checks.add(check, f"uniform ranks: {name}", p, f">= {bar:.5f}", p >= bar)
    for level, low, high in ((50, 0.45, 0.55), (90, 0.87, 0.93)):
        hit = (truth >= each[f"low{level}"]) & (truth <= each[f"high{level}"])
        item = f"coverage of {level} % intervals, all unknowns"
        checks.between(check, item, float(hit.mean()), low, high)
    shrunk, real = 1.0 - each["variance"].mean(axis=0) * 12.0, checks.found["contraction"]
    corr = _correlations(mean, truth)
    checks.found["recovery"] = (shrunk, corr)
    taught = np.flatnonzero(shrunk >= LEARNED).tolist()
    for k in taught:
        item = f"{names[k]} (contraction {shrunk[k]:.2f})"
        checks.add("recovery", item, corr[k], "correlation >= 0.6", corr[k] >= 0.6)
    for k in sorted({*taught, *np.flatnonzero(real >= LEARNED).tolist()}):
        # of an exact posterior the correlation is the root of the contraction (law of total variance)
        exact = np.sqrt(max(shrunk[k], 0.0))
        room = ERRORS * (1.0 - shrunk[k]) / np.sqrt(len(truth))
        item = f"{names[k]}: as an exact posterior finds it"
        near = abs(corr[k] - exact) <= room
        checks.add("recovery", item, corr[k], f"{exact:.2f} +- {room:.2f}", near)
    enough = int((corr[taught] >= 0.6).sum())
    checks.add("recovery", f"correlation of 0.6 or more, of {len(taught)} learned", enough)
    rng = np.random.default_rng(5)
    torn = [_correlations(mean, truth[rng.permutation(len(truth))]) for _ in range(40)]
    floor = np.quantile(np.abs(torn), 0.99)
    wrong = [names[k] for k in np.flatnonzero((real >= LEARNED) & (corr <= floor))]
    item = f"called learned, but no better than shuffled truths (correlation {floor:.2f})"
    checks.none("labels", item, wrong)
    wrong = [names[k] for k in np.flatnonzero((real < STAYS) & (shrunk >= LEARNED))]
    item = "said to stay at the prior, but learned from synthetic records"
    checks.none("labels", item, wrong)


def known_records(checks: Checks, each: dict[str, Any]) -> None:
    """What does the check of records left out say of a model that is right? Over all sets [sets, records, 3].

    The bar on the log CRPS was asked before anyone knew what can be reached. How near a fit comes to the oracle, who
    knows every shared unknown, says whether it takes from the records what is in them.
    """
    check, hit = "record left out, synthetic", each["inside"]
    n, records = hit.shape[:2]
    most, within = 3 * records, hit.sum(axis=(1, 2))
    fit, prior, oracle = (float(each[who].mean()) for who in ("crps", "prior", "oracle"))
    share, whole, best = float(hit.mean()), fit / prior, oracle / prior
    gained, every = (prior - fit) / (prior - oracle), float((within == most).mean())
    ratio = each["crps"].mean(axis=(1, 2)) / each["prior"].mean(axis=(1, 2))
    checks.between(check, f"share of counts inside 90 %, {n} sets", share, 0.86, 0.95)
    item = f"log CRPS against the prior, {n} sets"
    checks.add(check, item, whole, f"<= {CRPS}", whole <= CRPS)
    low, middle, high = np.quantile(ratio, [0.05, 0.5, 0.95])
    item = "log CRPS against the prior, middle set (90 % of sets)"
    checks.add(check, item, f"{middle:.2f} ({low:.2f} to {high:.2f})")
    item = f"share of sets in which that ratio is {CRPS} or less"
    checks.add(check, item, float((ratio <= CRPS).mean()))
    item = "log CRPS against the prior, with every shared unknown known: "
    checks.add(check, item + "nobody does better on average", best)
    item = "share of that gain over the prior which the fit has"
    checks.add(check, item, gained, f">= {GAINED}", gained >= GAINED)
    low, middle, high = np.quantile(within, [0.05, 0.5, 0.95])
    item = f"counts inside 90 %, of {most}, in the middle set (90 % of sets)"
    checks.add(check, item, f"{middle:.0f} ({low:.0f} to {high:.0f})")
    checks.add(check, f"share of sets with all {most} counts inside, by luck", every)
    bad = float((each["k"] > K_BAD).mean())
    item = f"share of records whose weights cannot be trusted (k above {K_BAD})"
    checks.add(check, item, bad, "<= 0.05", bad <= 0.05)
    if scores := checks.found.get("scores"):
        real = scores["model"]["crps"] / scores["prior"]["crps"]
        item = f"share of sets with a smaller ratio than the records' {real:.2f}"
        checks.between(check, item, float((ratio <= real).mean()), 0.025, 0.975)
    checks.found["known truth"] = {
        "sets": n,
        "share": share,
        "crps": whole,
        "best": best,
        "gained": gained,
        "every": every,
        "met": int((ratio <= CRPS).sum()),
    }


def uniform_p(ranks: Any) -> float:
    """p of a chi-square test that ranks 0..RANKS are uniform, in BINS bins."""
    counts = np.histogram(ranks, bins=BINS, range=(-0.5, RANKS + 0.5))[0]
    return float(chisquare(counts).pvalue)


def _correlations(a: Floats, b: Floats) -> Floats:
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    found: Floats = (a * b).sum(axis=0) / np.maximum(scale, 1e-12)
    return found
