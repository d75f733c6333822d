"""Made-up but plausible comparisons: numbers of the right shape for tests of tables and figures.

Nothing here comes from the model. Effects rise during the programme, fade after it at different
speeds, differ between parameter draws and carry some luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from clfz.report.rounding import MINUS
from clfz.runs.manifest import make_manifest
from clfz.runs.results import ComparisonResult

BANDS = ("5-17", "5-14", "5-11", "12-14", "15-17")
SEXES = ("all", "girls", "boys")
CHILD_LABOUR = {"5-17": 0.21, "5-14": 0.17, "5-11": 0.11, "12-14": 0.27, "15-17": 0.38}
OUT_OF_SCHOOL = {"5-17": 0.17, "5-14": 0.13, "5-11": 0.08, "12-14": 0.21, "15-17": 0.34}
SIZE = {"5-17": 1.0, "5-14": 0.77, "5-11": 0.54, "12-14": 0.23, "15-17": 0.23}


@dataclass(frozen=True)
class Plan:
    """A made-up programme: share of child labour removed, share that stays, yearly cost in EUR."""

    name: str
    title: str
    effect: float
    stays: float
    cost: float
    lines: tuple[str, ...]
    displaced: float = 0.05
    sentence: str = "Something is done for the children of the zone."


PLANS = (
    Plan("none", "No programme", 0.0, 0.0, 0, ()),
    Plan(
        *("bridge-schools", "Bridge schools", 0.22, 0.25, 21_000),
        ("teachers", "rooms and meals", "administration"),
        sentence="120 places in bridge schools take older children back to their class.",
    ),
    Plan(
        *("cash-transfer", "Cash transfer", 0.30, 0.05, 88_000),
        ("transfers", "monitoring", "administration"),
        sentence="The poorest 40 in 100 families get €6 a month for each child in school.",
    ),
    Plan(
        *("wages", "Living wage for adults", 0.26, 0.10, 47_000),
        ("negotiation", "administration"),
        sentence="Adult pay in quarries rises by 25 in 100, for half of the families.",
    ),
    Plan(
        *("awareness", "Awareness raising", 0.06, 0.30, 6_000),
        ("trainers", "materials", "administration"),
        sentence="Each family is spoken to twice a year.",
    ),
    Plan(
        *("school-strengthening", "Stronger schools", 0.16, 0.45, 30_000),
        ("teachers", "buildings", "training", "administration"),
        sentence="One teacher in five is added and lessons improve.",
    ),
    Plan(
        *("supply-chain", "Clean export chain", 0.05, 0.05, 16_000),
        ("inspectors", "audits"),
        displaced=0.45,
        sentence="Export yards check the age of every worker.",
    ),
    Plan(
        *("area-based", "Whole area, every child", 0.66, 0.70, 62_000),
        ("community groups", "bridge schools", "teachers", "awareness", "administration"),
        sentence="Community groups trace every child; bridge schools and teachers are added.",
    ),
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
        "question": "We have four years. Which plan keeps most children out of work, what does it "
        "cost, and what stays when we leave?",
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
                **{"value": 0.15, "low": 0.05, "high": 0.3},
                "source": "assumed: no count was found",
            },
            "children": {"value": 3200, "low": 2800, "high": 3600, "source": "programme report"},
        },
        "wages": {
            "adult_day_wage": {
                **{"value": 250, "low": 200, "high": 320},
                "source": "assumed from the state's minimum wage",
            }
        },
    }
    parameters = [
        {
            "name": "cost_of_a_day_lost",
            "unit": "share of a day's wage",
            "meaning": "How much a family minds losing a day of a child's pay",
            "source": "Edmonds and Schady 2012",
            "prior": {"kind": "uniform", "low": 0.2, "high": 0.9},
        },
        {
            "name": "norm_pull",
            "unit": "",
            "meaning": "How strongly neighbours sway a family",
            "source": "assumed, wide range",
            "prior": {"kind": "triangular", "low": 0.0, "high": 2.0, "mode": 0.7},
        },
    ]
    scenarios = [
        {
            "name": plan.name,
            "title": plan.title,
            "summary": plan.sentence if plan.cost else "Nothing is done.",
            "sentences": [plan.sentence] if plan.cost else [],
        }
        for plan in plans
    ]
    return make_manifest(
        comparison=comparison,
        zone=zone,
        scenarios=scenarios,
        parameters=parameters,
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
    spread: float = 1.0,
) -> ComparisonResult:
    """Return a made-up result of the headline size (or another)."""
    maker = _Maker(plans, programme_months, after_months, draws, replicates, seed, spread)
    manifest = fake_manifest(plans, programme_months, after_months, draws, replicates)
    return ComparisonResult.make(manifest, maker.indicators(), maker.outcomes(), maker.costs())


class _Maker:
    """Draws the hidden effect of every plan in every world once, then builds the tables."""

    def __init__(
        self,
        plans: tuple[Plan, ...],
        end: int,
        after: int,
        draws: int,
        replicates: int,
        seed: int,
        spread: float,
    ) -> None:
        rng = np.random.default_rng(seed)
        self.plans, self.end, self.months = plans, end, end + after
        self.draw = np.repeat(np.arange(draws), replicates)
        self.replicate = np.tile(np.arange(replicates), draws)
        worlds = len(self.draw)
        month = np.arange(self.months + 1)
        rise = np.clip(month / max(end * 0.6, 1), 0, 1) ** 1.3
        fade = np.exp(-np.clip(month - end, 0, None) / 20.0)
        season = 0.012 * np.cos(2 * np.pi * (month - 7) / 12)
        base_draw = np.repeat(rng.normal(0, 0.10 * spread, draws), replicates)
        noise = rng.normal(0, 0.02 * spread, (worlds, self.months + 1))
        wander = np.cumsum(noise, axis=1) * 0.12
        self.base = np.exp(base_draw[:, None] + wander) * (1 + season)
        self.removed = np.zeros((len(plans), worlds, self.months + 1))
        for index, plan in enumerate(plans):
            known = np.repeat(rng.normal(0, 0.35 * spread, draws), replicates)
            luck = rng.normal(0, 0.10 * spread, worlds)
            size = plan.effect * np.exp(known + luck - 0.06) + rng.normal(0, 0.01, worlds) * (
                plan.effect > 0
            )
            stays = np.clip(plan.stays + np.repeat(rng.normal(0, 0.1, draws), replicates), 0, 1)
            path = rise * (stays[:, None] + (1 - stays[:, None]) * fade)
            self.removed[index] = np.minimum(size[:, None] * path, 0.93)
        self.children = 3200.0 * (1 + 0.01 * rng.normal(0, 1, worlds))

    def _states(self, band: str, sex: str, plan: int) -> dict[str, Any]:
        tilt = {"all": 1.0, "girls": 1.12, "boys": 0.9}[sex]
        reach = {"girls": 0.94, "boys": 1.05}.get(sex, 1.0) * (0.7 if band == "15-17" else 1.05)
        kept = 1 - np.minimum(self.removed[plan] * reach, 0.95)
        labour = np.clip(CHILD_LABOUR[band] * self.base * tilt * kept, 0, 0.9)
        out = np.clip(OUT_OF_SCHOOL[band] * self.base * tilt * kept, 0, 0.9)
        work_only, both = out * 0.7, np.clip(labour * 1.1 - out * 0.5, 0.0, 0.5)
        school_only = 1 - out - both
        size = self.children[:, None] * SIZE[band] * (1.0 if sex == "all" else 0.5)
        working = (work_only + both) * size
        places = {"farm": 0.25, "home": 0.4, "tier3": 0.2, "tier2": 0.1, "tier1": 0.05}
        return {
            "children": np.broadcast_to(size, labour.shape),
            "school_only_rate": school_only,
            "works_and_school_rate": both,
            "work_only_rate": work_only,
            "neither_rate": out * 0.3,
            "school_attendance_rate": 1 - out,
            "out_of_school_rate": out,
            "working_rate": work_only + both,
            "child_labour_rate": labour,
            "child_labour_with_chores_rate": labour * 1.2,
            "hazardous_work_rate": labour * 0.4,
            "full_time_school_rate": school_only,
            **{f"working_{place}": working * share for place, share in places.items()},
            "adult_wage_index": 1 + 0.1 * self.removed[plan],
            "pupils_per_teacher": 38 * (1 - out),
            "norm_support_rate": np.clip(0.3 + 0.5 * self.removed[plan], 0, 1),
        }

    def indicators(self) -> pd.DataFrame:
        monthly = np.arange(self.months + 1)
        yearly = np.arange(0, self.months + 1, 12)
        parts = []
        for plan, spec in enumerate(self.plans):
            for sex in SEXES:
                for band in BANDS:
                    full = sex == "all" and band in {"5-17", "5-14"}
                    months = monthly if full else yearly
                    for name, values in self._states(band, sex, plan).items():
                        parts.append((spec.name, sex, band, name, months, values[:, months]))
        return self._stack(parts)

    def _stack(self, parts: list[Any]) -> pd.DataFrame:
        worlds = len(self.draw)
        lengths = np.array([worlds * len(part[4]) for part in parts])
        columns: dict[str, Any] = {}
        for position, key in ((0, "scenario"), (3, "indicator"), (1, "sex"), (2, "age_band")):
            labels = [part[position] for part in parts]
            names = list(dict.fromkeys(labels))
            codes = np.repeat([names.index(label) for label in labels], lengths)
            columns[key] = pd.Categorical.from_codes(codes, categories=names)
        columns["zone"] = pd.Categorical.from_codes(np.zeros(lengths.sum(), int), ["budhpura"])
        for key, source in (("draw", self.draw), ("replicate", self.replicate)):
            columns[key] = np.concatenate([np.repeat(source, len(part[4])) for part in parts])
        columns["month"] = np.concatenate([np.tile(part[4], worlds) for part in parts])
        columns["value"] = np.concatenate([part[5].reshape(-1) for part in parts])
        return pd.DataFrame(columns)

    def outcomes(self) -> pd.DataFrame:
        rows: list[pd.DataFrame] = []
        none = self._states("5-17", "all", 0)
        for plan, spec in enumerate(self.plans):
            states = self._states("5-17", "all", plan)
            gone = (none["child_labour_rate"] - states["child_labour_rate"]) * none["children"]
            kept = (none["out_of_school_rate"] - states["out_of_school_rate"]) * none["children"]
            changed = np.round(gone[:, self.end] * 0.9)
            listed = spec.effect > 0
            dead = np.round(np.abs(self.base[:, 3]) * 60 * listed)
            moved = np.round(changed * spec.displaced / (1 - spec.displaced))
            back = np.round(changed * 0.12)
            cost = self._yearly(spec) @ (1.03 ** -np.arange(self._years()))
            values = {
                "withdrawn_to_school": np.round((changed + dead) * 0.6),
                "protected_from_dropout": np.round((changed + dead) * 0.4),
                "in_bridge_school": np.round(changed * 0.3),
                "attribution_changed": changed,
                "attribution_deadweight": dead,
                "attribution_displaced": moved,
                "attribution_relapsed": back,
                "attribution_counted": changed + dead + moved + back,
                "attribution_spill_over": np.round(changed * 0.25),
                "attribution_work_moved_in": np.round(moved * 0.2),
                "attribution_unaffected": np.round(self.children - changed * 1.5 - dead),
                "child_years_out_of_labour_gained": gone.sum(axis=1) / 12,
                "child_years_in_school_gained": kept.sum(axis=1) / 12,
                "cost_total": cost,
                "cost_per_child": cost / self.children,
                "tipped": (self.removed[plan][:, -1] > 0.5).astype(float),
            }
            for name in ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school"):
                values[f"{name}_year1"] = np.round(values[name] * 0.3)
            for years in (1, 2, 5):
                at = self.end + 12 * years
                if at <= self.months:
                    labour = states["child_labour_rate"] - none["child_labour_rate"]
                    school = states["school_attendance_rate"] - none["school_attendance_rate"]
                    values[f"stays_{years}y_child_labour_points"] = 100 * labour[:, at]
                    values[f"stays_{years}y_school_points"] = 100 * school[:, at]
            for name, value in values.items():
                rows.append(self._worlds(spec.name).assign(outcome=name, value=value))
        return pd.concat(rows, ignore_index=True)

    def _worlds(self, scenario: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "scenario": scenario,
                "zone": "budhpura",
                "draw": self.draw,
                "replicate": self.replicate,
            }
        )

    def _years(self) -> int:
        return -(-self.end // 12)

    def _yearly(self, spec: Plan) -> Any:
        """Return [worlds, years] of money: dear at the start, a little different in each world."""
        years = np.arange(self._years())
        shape = 1 + 0.3 * (years == 0) - 0.05 * years
        return spec.cost * shape * (1 + 0.05 * (self.base[:, : len(years)] - 1) * 10)

    def costs(self) -> pd.DataFrame:
        rows: list[pd.DataFrame] = [self._worlds("none").assign(month=1, line="x", amount=0.0)]
        for spec in self.plans:
            shares = np.arange(len(spec.lines), 0, -1) / max(sum(range(len(spec.lines) + 1)), 1)
            for year, amount in enumerate(self._yearly(spec).T):
                for line, share in zip(spec.lines, shares, strict=True):
                    months = range(year * 12 + 1, year * 12 + 13)
                    rows += [
                        self._worlds(spec.name).assign(
                            month=month, line=line, amount=amount * share / 12
                        )
                        for month in months
                    ]
        return pd.concat(rows[1:] or rows, ignore_index=True)


def to_number(text: str) -> float:
    """Read a number of the report back."""
    kept = "".join(letter for letter in text if letter.isdigit() or letter in f".-{MINUS}")
    return float(kept.replace(MINUS, "-"))
