"""Made-up but plausible comparisons: numbers of the right shape for tests of tables and figures.

Nothing here comes from the model. Effects rise during the programme, fade after it at different
speeds, differ between parameter draws and vary by chance.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from clfz.report.rounding import MINUS
from clfz.runs.manifest import make_manifest
from clfz.runs.results import ComparisonResult

SHARES = {  # age band: child labour, out of school
    "5-17": (0.21, 0.17),
    "5-14": (0.17, 0.13),
    "5-11": (0.11, 0.08),
    "12-14": (0.27, 0.21),
    "15-17": (0.38, 0.34),
}
GROUPS = [("all", 1.0, 1.0), ("girls", 1.12, 0.94), ("boys", 0.9, 1.05)]


class Plan(NamedTuple):
    """A made-up programme: share of child labour removed, share that stays, yearly cost in EUR."""

    name: str
    title: str
    effect: float
    stays: float
    cost: float
    lines: tuple[str, ...]
    displaced: float = 0.05
    sentence: str = "Something is done for the children of the zone."

    def but(self, **changed: Any) -> Plan:
        return self._replace(**changed)


PLANS = (
    Plan("none", "No programme", 0.0, 0.0, 0, ()),
    Plan("bridge-schools", "Bridge schools", 0.22, 0.25, 21_000, ("teachers", "administration")),
    Plan("cash-transfer", "Cash transfer", 0.30, 0.05, 88_000, ("transfers", "administration")),
    Plan("wages", "Living wage for adults", 0.26, 0.10, 47_000, ("negotiation",)),
    Plan("awareness", "Awareness raising", 0.06, 0.30, 6_000, ("trainers", "materials")),
    Plan("school-strengthening", "Stronger schools", 0.16, 0.45, 30_000, ("teachers", "buildings")),
    Plan("supply-chain", "Clean export chain", 0.05, 0.05, 16_000, ("inspectors",), 0.45),
    Plan("area-based", "Whole area, every child", 0.66, 0.70, 62_000, ("community groups",)),
)


def fake_manifest(
    plans: tuple[Plan, ...] = PLANS,
    programme_months: int = 48,
    after_months: int = 60,
    draws: int = 25,
    replicates: int = 4,
) -> dict[str, Any]:
    """Return a manifest as `clfz compare` would write it."""
    comparison = {
        "name": "fake",
        "title": "What keeps the children of Budhpura in school?",
        "question": "We have four years. Which plan keeps most children out of work?",
        "programmes": [plan.name for plan in plans],
        "programme_months": programme_months,
        "after_months": after_months,
        "draws": draws,
        "replicates": replicates,
        "seed": 20140501,
        "reporting": {
            "currency": "EUR",
            "price_year": 2015,
            "discount_rate_costs": 0.03,
            "discount_rate_outcomes": 0.03,
            "perspective": "programme",
        },
        "set": {},
    }
    zone = {
        "name": "budhpura",
        "title": "Budhpura",
        "country": "IND",
        "record": "IND-2",
        "place_certainty": "matched",
        "summary": "A stone-quarrying zone of a few villages. Families cut cobbles at home.",
        "start": "2014-05",
        "population": {
            "migrant_share": {
                "value": 0.15,
                "low": 0.05,
                "high": 0.3,
                "source": "assumed: no count",
            }
        },
    }
    prior = {"kind": "uniform", "low": 0.2, "high": 0.9}
    about = {"unit": "share of a day's wage", "source": "Edmonds and Schady 2012", "prior": prior}
    meaning = "How much a family minds losing a day of a child's pay"
    scenarios = [
        {"name": plan.name, "title": plan.title, "summary": plan.sentence, "sentences": []}
        for plan in plans
    ]
    return make_manifest(
        comparison=comparison,
        zone=zone,
        scenarios=scenarios,
        parameters=[{"name": "cost_of_a_day_lost", "meaning": meaning} | about],
        command="clfz compare fake --seed 20140501",
        draw_ids=range(draws),
        wall_seconds=14.2,
    )


def fake_result(
    plans: tuple[Plan, ...] = PLANS,
    programme_months: int = 48,
    after_months: int = 60,
    draws: int = 25,
    replicates: int = 4,
    seed: int = 7,
) -> ComparisonResult:
    """Return a made-up result of the headline size (or another)."""
    rng, end, last = np.random.default_rng(seed), programme_months, programme_months + after_months
    runs = pd.DataFrame(
        list(product(range(draws), range(replicates))), columns=["draw", "replicate"]
    )
    runs.insert(0, "zone", "budhpura")
    by_draw, month, n = runs["draw"].to_numpy(), np.arange(last + 1), len(runs)
    rise = np.clip(month / (end * 0.6), 0, 1) ** 1.3
    fade = np.exp(-np.clip(month - end, 0, None) / 20.0)
    wander = np.cumsum(rng.normal(0, 0.0024, (n, last + 1)), axis=1)
    season = 1 + 0.012 * np.cos(2 * np.pi * (month - 7) / 12)
    base = np.exp(rng.normal(0, 0.1, draws)[by_draw][:, None] + wander) * season
    children = 3200.0 * (1 + 0.01 * rng.normal(size=n))

    indicators, outcomes, costs, none = [], [], [], {}
    for plan in plans:
        noise = rng.normal(0, 0.35, draws)[by_draw] + rng.normal(0, 0.1, n)
        size = plan.effect * np.exp(noise - 0.06) + (plan.effect > 0) * rng.normal(0, 0.01, n)
        kept = np.clip(plan.stays + rng.normal(0, 0.1, draws)[by_draw], 0, 1)[:, None]
        removed = np.minimum(size[:, None] * rise * (kept + (1 - kept) * fade), 0.93)
        for (sex, tilt, reach), (band, (labour, out)) in product(GROUPS, SHARES.items()):
            left = 1 - np.minimum(removed * reach * (0.7 if band == "15-17" else 1.05), 0.95)
            rates = {
                "child_labour_rate": np.clip(labour * base * tilt * left, 0, 0.9),
                "out_of_school_rate": np.clip(out * base * tilt * left, 0, 0.9),
            }
            rates["school_attendance_rate"] = 1 - rates["out_of_school_rate"]
            rates["full_time_school_rate"] = 1 - rates["child_labour_rate"] * 1.2
            if (sex, band) == ("all", "5-17"):
                whole = rates
            monthly = sex == "all" and band in {"5-17", "5-14"}
            for name, values in rates.items():
                kept_months = month if monthly else month[::12]
                rows = runs.loc[runs.index.repeat(len(kept_months))].assign(
                    scenario=plan.name, indicator=name, sex=sex, age_band=band
                )
                rows["month"] = np.tile(kept_months, n)
                indicators.append(rows.assign(value=values[:, kept_months].reshape(-1)))
        none = none or whole
        gone = (none["child_labour_rate"] - whole["child_labour_rate"]) * children[:, None]
        back = (none["out_of_school_rate"] - whole["out_of_school_rate"]) * children[:, None]
        years = np.arange(-(-end // 12))
        paid = plan.cost * (1 + 0.3 * (years == 0)) * (1 + 0.5 * (base[:, : len(years)] - 1))
        changed = np.round(gone[:, end] * 0.9)
        anyway = np.round(base[:, 3] * 60 * (plan.effect > 0))
        moved = np.round(changed * plan.displaced / (1 - plan.displaced))
        found = {
            "withdrawn_to_school": np.round((changed + anyway) * 0.6),
            "protected_from_dropout": np.round((changed + anyway) * 0.4),
            "in_bridge_school": np.round(changed * 0.3),
            "attribution_changed": changed,
            "attribution_deadweight": anyway,
            "attribution_displaced": moved,
            "attribution_relapsed": np.round(changed * 0.12),
            "attribution_counted": changed + anyway + moved + np.round(changed * 0.12),
            "attribution_spill_over": np.round(changed * 0.25),
            "attribution_work_moved_in": np.round(moved * 0.2),
            "child_years_out_of_labour_gained": gone.sum(axis=1) / 12,
            "child_years_in_school_gained": back.sum(axis=1) / 12,
            "cost_total": paid @ 1.03**-years,
            "cost_per_child": paid @ 1.03**-years / children,
        }
        found |= {f"{name}_year1": np.round(found[name] * 0.3) for name in list(found)[:3]}
        for later, (what, rate) in product(
            (1, 2, 5),
            {"child_labour": "child_labour_rate", "school": "school_attendance_rate"}.items(),
        ):
            if (at := end + 12 * later) <= last:
                found[f"stays_{later}y_{what}_points"] = 100 * (whole[rate] - none[rate])[:, at]
        mine = runs.assign(scenario=plan.name)
        outcomes += [mine.assign(outcome=name, value=value) for name, value in found.items()]
        for at, line in enumerate(plan.lines):
            share = 1 / len(plan.lines)
            for year in years:
                amount = paid[:, year] * share
                costs.append(mine.assign(month=12 * year + 1 + at, line=line, amount=amount))
    empty = runs.head(0).assign(scenario="", month=1, line="", amount=0.0)
    manifest = fake_manifest(plans, programme_months, after_months, draws, replicates)
    frames = (
        pd.concat(part, ignore_index=True) for part in (indicators, outcomes, [empty, *costs])
    )
    return ComparisonResult.make(manifest, *frames)


def changed(result: ComparisonResult, **tables: Any) -> ComparisonResult:
    """Return a result with another manifest, indicators, outcomes or costs."""
    names = ("manifest", "indicators", "outcomes", "costs")
    return ComparisonResult.make(*(tables.get(name, getattr(result, name)) for name in names))


def to_number(text: str) -> float:
    """Read a number of the report back."""
    kept = "".join(letter for letter in text if letter.isdigit() or letter in f".-{MINUS}")
    return float(kept.replace(MINUS, "-"))
