"""From the engine's counts to tidy tables: every number is worked out a second time from the counts."""

import math

import numpy as np
import pytest
from clfz.inputs.indicators import INDICATORS, OUTCOMES, ZoneTest
from clfz.inputs.study import Comparison
from clfz.model.layout import CLASSES, COUNTS, SUMS
from clfz.programme.levers import INDEX
from clfz.programme.names import TRADES
from clfz.runs.budgets import usage
from clfz.runs.compare import cost_table, indicator_table, outcome_table
from clfz.runs.measures import BANDS, SEXES, zone_test_holds
from clfz.runs.plan import resolve, run_replications

PROGRAMME_MONTHS, AFTER = 18, 27
MONTHS = PROGRAMME_MONTHS + AFTER
PROGRAMMES = ("none", "area-based", "cash-transfer")
RUN = ["scenario", "zone", "draw", "replicate"]
count = {name: k for k, name in enumerate(COUNTS)}
column = {name: k for k, name in enumerate(SUMS)}


class Made:
    """A small comparison, run once."""

    def __init__(self):
        comparison = Comparison(
            name="small",
            title="Small",
            question="Does it add up?",
            zone="budhpura",
            programmes=PROGRAMMES,
            programme_months=PROGRAMME_MONTHS,
            after_months=AFTER,
            draws=2,
            replicates=2,
            seed=3,
        )
        self.plan = resolve(comparison)
        self.levers = self.plan.levers()
        self.block = run_replications(self.plan)
        self.costs = cost_table(self.plan, self.block)
        self.indicators = indicator_table(self.plan, self.block)
        self.outcomes = outcome_table(self.plan, self.block)

    def each(self):
        """Replication and scenario: numbers in the block, and their rows in the tables."""
        inputs = self.block.inputs
        for w, (draw, replicate) in enumerate(zip(inputs.draws, inputs.replicates, strict=True)):
            for k, name in enumerate(PROGRAMMES):
                yield w, k, (name, "budhpura", draw, replicate)


@pytest.fixture(scope="module")
def made():
    return Made()


@pytest.fixture(scope="module")
def values(made):
    """Indicators by everything that names a number."""
    keys = [*RUN, "month", "indicator", "sex", "age_band"]
    frame = made.indicators.astype(
        dict.fromkeys(("scenario", "zone", "indicator", "sex", "age_band"), str)
    )
    return frame.set_index(keys)["value"].sort_index()


@pytest.fixture(scope="module")
def outcomes(made):
    return made.outcomes.set_index([*RUN, "outcome"])["value"].unstack()


def group(made, w, k, sex, band):
    """Counts by month [M + 1, COUNTS] of a sex and age band."""
    cells = made.block.totals[w, k][:, SEXES[sex]][:, :, BANDS[band]]
    return cells.sum(axis=(1, 2)).astype(float)


# --- indicators ---


def test_every_indicator_is_there_once(made, values):
    assert values.index.is_unique
    assert values.notna().all()
    names = {entry.name for entry in INDICATORS}
    assert set(made.indicators["indicator"].unique()) == names
    monthly, yearly = set(range(MONTHS + 1)), set(range(0, MONTHS + 1, 12))
    for (sex, band), part in made.indicators.groupby(["sex", "age_band"], observed=True):
        whole = sex == "all" and band in ("5-17", "5-14")
        assert set(part["month"]) == (monthly if whole else yearly), (sex, band)


RATES = {
    "school_only_rate": ("school_only",),
    "works_and_school_rate": ("school_and_work",),
    "work_only_rate": ("work_only",),
    "neither_rate": ("neither",),
    "school_attendance_rate": ("school_only", "school_and_work"),
    "out_of_school_rate": ("work_only", "neither"),
    "working_rate": ("school_and_work", "work_only"),
    "child_labour_rate": ("child_labour",),
    "child_labour_with_chores_rate": ("child_labour_with_chores",),
    "hazardous_work_rate": ("hazardous",),
    "full_time_school_rate": ("school_only",),
}


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("band", BANDS)
def test_indicators_are_the_counts_of_their_group(made, values, sex, band):
    for w, k, key in made.each():
        counts = group(made, w, k, sex, band)
        for month in (0, 12, 24, 36):
            here = counts[month]
            children = here[count["children"]]
            assert values[(*key, month, "children", sex, band)] == children > 0
            for name, tops in RATES.items():
                expected = sum(here[count[top]] for top in tops) / children
                assert values[(*key, month, name, sex, band)] == pytest.approx(expected, rel=1e-15)
            for place in TRADES:
                found = values[(*key, month, f"working_{place}", sex, band)]
                assert found == here[count[place]]


def test_groups_add_up_to_the_zone(made):
    frame = made.indicators
    counted = frame[frame["indicator"].isin(["children", *(f"working_{k}" for k in TRADES)])]
    counted = counted[counted["month"] % 12 == 0]
    keys = [*RUN, "month", "indicator"]
    table = counted.pivot_table("value", keys, ["sex", "age_band"], observed=True)
    for band in BANDS:
        assert (table["girls", band] + table["boys", band] == table["all", band]).all()
    for sex in SEXES:
        young = table[sex, "5-11"] + table[sex, "12-14"]
        assert (young == table[sex, "5-14"]).all()
        assert (young + table[sex, "15-17"] == table[sex, "5-17"]).all()


def test_indicators_of_the_whole_zone(made, values):
    per_teacher = made.plan.zone.school.pupils_per_teacher.value
    for w, k, key in made.each():
        sums = made.block.sums[w, k]
        shares = made.block.inputs.zone_data[w]["livelihood"]
        teachers = sums[0, column["pupils"]] / per_teacher
        for month in (0, 1, 17, 18, 19, MONTHS):
            more = made.levers[k, month - 1, INDEX["teachers"]] if month else 0.0
            whole = {
                "pupils_per_teacher": sums[month, column["pupils"]] / (teachers * (1 + more)),
                "norm_support_rate": sums[month, column["norm_support"]]
                / sums[month, column["households"]],
                "adult_wage_index": sum(
                    share * sums[month, column[f"wage_{trade}"]]
                    for share, trade in zip(shares, TRADES, strict=True)
                ),
            }
            for name, expected in whole.items():
                found = values[(*key, month, name, "all", "5-17")]
                assert found == pytest.approx(expected, rel=1e-12), (name, month)
        assert values[(*key, 0, "pupils_per_teacher", "all", "5-17")] == pytest.approx(per_teacher)
        assert values[(*key, 0, "adult_wage_index", "all", "5-17")] == pytest.approx(1)


def test_all_scenarios_start_alike(made):
    start = made.indicators[made.indicators["month"] == 0]
    keys = ["draw", "replicate", "indicator", "sex", "age_band"]
    spread = start.groupby(keys, observed=True)["value"].agg(np.ptp)
    assert (spread == 0).all()


# --- outcomes ---


def test_every_outcome_of_the_catalogue_is_there(outcomes):
    later = {f"stays_5y_{what}_points" for what in ("child_labour", "school")}  # after the horizon
    names = {entry.name for entry in OUTCOMES} - later
    assert names <= set(outcomes.columns)
    assert not later & set(outcomes.columns)
    assert outcomes.notna().all().all()


def test_reported_counts_add_up_over_the_years_and_stay_near_the_truth(made, outcomes):
    events = {
        "withdrawn_to_school": "withdrawn",
        "protected_from_dropout": "protected",
        "in_bridge_school": "bridged",
    }
    for w, k, key in made.each():
        p = made.block.inputs.values[w]
        for name, event in events.items():
            row = outcomes.loc[key]
            assert row[f"{name}_year1"] + row[f"{name}_year2"] == row[name]
            during = made.block.sums[w, k, 1 : PROGRAMME_MONTHS + 1, column[event]].sum()
            assert 0 <= row[name] <= 2 * during
            expected = during * (1 - p["report_missed"]) * (1 + p["report_double"])
            assert abs(row[name] - expected) <= 5 * math.sqrt(during) + 1e-9
            if key[0] == "none":
                assert during == 0
    assert (outcomes.loc["area-based", "in_bridge_school"] > 0).all()
    assert f"{next(iter(events))}_year3" not in outcomes


def test_classes_of_attribution_are_those_of_the_engine(made, outcomes):
    for w, k, key in made.each():
        row = outcomes.loc[key]
        found = [row[f"attribution_{name}"] for name in CLASSES]
        assert found == made.block.classes[w, k].tolist()
        assert row["attribution_counted"] == sum(found[:4])
        # nobody is on the list who was not counted while the programme lasted
        names = ("withdrawn", "protected", "bridged")
        events = made.block.sums[w, k, 1 : PROGRAMME_MONTHS + 1][:, [column[n] for n in names]]
        assert events.max(axis=0).max() <= row["attribution_counted"] <= events.sum()
    totals = outcomes[[f"attribution_{name}" for name in CLASSES]].sum(axis=1).unstack("scenario")
    assert (totals.max(axis=1) == totals.min(axis=1)).all()


def test_children_of_a_period_are_those_first_counted_in_it(made):
    periods = ((1, 6), (7, PROGRAMME_MONTHS))
    first, later = (made.plan.replications().run(range(3), period=p).classes for p in periods)
    assert (first + later == made.block.classes).all()
    for classes in (first, later):  # some were counted in either
        assert (classes[:, 1:, :4] >= 0).all()
        assert (classes[:, 1, :4].sum(axis=-1) > 0).all()


def test_gains_are_differences_to_no_programme_in_child_years(made, outcomes):
    weight = 1.03 ** (-np.arange(MONTHS) / 12) / 12
    for w, k, key in made.each():
        with_, without = (group(made, w, s, "all", "5-17")[1:] for s in (k, 0))
        apart = with_ - without
        labour = -(apart[:, count["child_labour"]] * weight).sum()
        at_school = apart[:, [count["school_only"], count["school_and_work"]]].sum(axis=1)
        school = (at_school * weight).sum()
        row = outcomes.loc[key]
        assert row["child_years_out_of_labour_gained"] == pytest.approx(labour, abs=1e-9)
        assert row["child_years_in_school_gained"] == pytest.approx(school, abs=1e-9)
        if key[0] == "none":
            assert labour == school == 0
    assert (outcomes.loc["area-based", "child_years_in_school_gained"] > 0).all()


STAYS = {"child_labour": "child_labour_rate", "school": "school_attendance_rate"}


def test_what_stays_is_the_difference_so_long_after_the_end(made, values, outcomes):
    for years in (1, 2):
        month = PROGRAMME_MONTHS + 12 * years
        for _, _, key in made.each():
            for name, rate in STAYS.items():
                here, there = (
                    values[(scenario, *key[1:], month, rate, "all", "5-17")]
                    for scenario in (key[0], "none")
                )
                found = outcomes.loc[key, f"stays_{years}y_{name}_points"]
                assert found == pytest.approx(100 * (here - there), abs=1e-9)


def test_a_zone_has_tipped_when_both_shares_stay_low_for_a_year():
    totals = np.zeros((30, 2, 3, len(COUNTS)), np.int64)
    totals[..., count["children"]] = 1000
    totals[..., count["school_only"]] = 1000
    assert zone_test_holds(totals)
    test = ZoneTest()
    for bad, limit in (("neither", test.out_of_school), ("child_labour", test.child_labour)):
        for month, sex, band, holds in ((-1, 0, 0, False), (-12, 1, 1, False), (-13, 0, 0, True)):
            worse = totals.copy()
            worse[month, sex, band, count[bad]] = int(limit * 4000) + 1
            assert bool(zone_test_holds(worse)) is holds, (bad, month)
        at_limit = totals.copy()
        at_limit[:, 0, 0, count[bad]] = int(limit * 4000)
        assert zone_test_holds(at_limit)
        older = totals.copy()
        older[:, :, 2, count[bad]] = 1000  # the test is about children of 5-14
        assert zone_test_holds(older)


# --- costs ---


def test_money_by_line_adds_up_to_what_was_spent(made, outcomes):
    spent = made.costs.groupby(RUN)["amount"].sum()
    for key, amount in spent.items():
        assert outcomes.loc[key, "cost_spent"] == pytest.approx(amount, rel=1e-12)
    assert (made.costs["amount"] > 0).all()
    assert made.costs["month"].between(1, PROGRAMME_MONTHS).all()  # none after the end
    assert not made.costs.duplicated([*RUN, "month", "line"]).any()
    assert "none" not in set(made.costs["scenario"])
    assert (outcomes.loc["none", ["cost_spent", "cost_total", "cost_per_child"]] == 0).all().all()


def test_the_total_is_discounted_to_the_first_month(made, outcomes):
    weight = 1.03 ** (-(made.costs["month"] - 1) / 12)
    total = (made.costs["amount"] * weight).groupby([made.costs[name] for name in RUN]).sum()
    for key, amount in total.items():
        assert outcomes.loc[key, "cost_total"] == pytest.approx(amount, rel=1e-12)
    for w, _, key in made.each():
        children = made.block.totals[w, 0, 0, ..., 0].sum()
        row = outcomes.loc[key]
        assert row["cost_per_child"] == pytest.approx(row["cost_total"] / children)


def test_cash_costs_what_families_get(made):
    """EUR 1 handed out is EUR 1 in the budget, whatever the poverty line."""
    for w, k, key in (run for run in made.each() if run[2][0] == "cash-transfer"):
        rows = made.costs.set_index(RUN).loc[key]
        cash = rows[rows["line"] == "cash_transfer.transfers"]["amount"].sum()
        paid = made.block.sums[w, k, 1:, column["transfers_paid"]].sum()
        assert cash == pytest.approx(paid / made.block.inputs.zone_data[w]["eur"], rel=1e-12)
        assert cash > 0


def test_usage_is_what_the_engine_counted_in_eur(made):
    for w, k, _ in made.each():
        used = {name: values[w] for name, values in usage(made.block, k).items()}
        sums, eur = made.block.sums[w, k, 1:], made.block.inputs.zone_data[w]["eur"]
        children = made.block.totals[w, k, 1:, ..., 0].sum(axis=(1, 2))
        np.testing.assert_array_equal(used["children"], children)
        for name in ("visits", "contacts", "bridge_pupils", "pupils", "places_checked_tier1"):
            np.testing.assert_array_equal(used[name], sums[:, column[name]])
        for name in ("transfers_paid", *(f"wage_bill_{trade}" for trade in TRADES)):
            np.testing.assert_allclose(used[name] * eur, sums[:, column[name]])
        teachers = made.block.sums[w, k, 0, column["pupils"]]
        teachers /= made.plan.zone.school.pupils_per_teacher.value
        more = made.levers[k, :, INDEX["teachers"]]
        np.testing.assert_allclose(used["extra_teachers"], teachers * more)
