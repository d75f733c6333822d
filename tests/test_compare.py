"""The paired comparison: the same replications for every scenario, whatever else is asked and however it is run."""

import pandas as pd
import pytest
from clfz.comparisons import compare, simulate
from clfz.inputs import InputError, load_comparison, load_programme, load_shock, load_zone
from clfz.inputs.programme import Programme, Shock
from clfz.inputs.study import Comparison
from clfz.programme.levers import INDEX
from clfz.runs.compare import run_plan
from clfz.runs.plan import resolve, run_replications

SMALL = Comparison(
    name="small",
    title="Small",
    question="Is it the same?",
    zone="india-1",
    programmes=("none", "area-based"),
    programme_months=12,
    after_months=6,
    draws=2,
    replicates=2,
    seed=5,
)
TABLES = ("indicators", "outcomes", "costs")
REPLICATION = ["draw", "replicate"]


def changed(**changes):
    return SMALL.model_copy(update=changes)


def same(one, other, **where):
    """Two results have the same bits, perhaps only in the rows where columns have certain values."""
    for name in TABLES:
        left, right = (rows(getattr(result, name), where) for result in (one, other))
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def rows(frame, where):
    for name, wanted in where.items():
        frame = frame[frame[name].astype(str).isin([str(w) for w in wanted])]
    words = ("category", "object", "str")
    text = [name for name in frame.columns if frame[name].dtype.name in words]
    return frame.astype(dict.fromkeys(text, str)).reset_index(drop=True)


def differ(one, other):
    return not one.indicators["value"].equals(other.indicators["value"])


@pytest.fixture(scope="module")
def base():
    return compare(SMALL)


@pytest.fixture(scope="module")
def moved():
    """The same with a lever set by hand."""
    return compare(SMALL, overrides={"teachers": 0.75})


@pytest.mark.parametrize("jobs", [1, 2])
def test_threads_do_not_matter(base, jobs):
    same(base, compare(changed(seed=99), seed=5, jobs=jobs))


def test_the_seed_matters(base):
    assert differ(base, compare(SMALL, seed=6))


def test_other_scenarios_do_not_matter(base):
    """Each scenario's numbers are its own: adding or reordering programmes moves none of them."""
    more = compare(changed(programmes=("none", "wages", "area-based", "awareness")))
    for name in TABLES:
        left = rows(getattr(base, name), {"scenario": ["none", "area-based"]})
        right = rows(getattr(more, name), {"scenario": ["none", "area-based"]})
        keys = [c for c in left.columns if c not in ("value", "amount")]
        left, right = (t.sort_values(keys, ignore_index=True) for t in (left, right))
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_more_replications_keep_those_there_were(base):
    same(base, compare(SMALL, replicates=4), replicate=[0, 1])
    same(base, compare(SMALL, draws=3), draw=[0, 1])


def test_draws_and_replicates_differ(base):
    last = base.indicators
    last = last[(last["month"] == 18) & (last["indicator"] == "school_attendance_rate")]
    last = last[(last["sex"] == "all") & (last["age_band"] == "5-17")]
    assert len(last) == 2 * 4
    assert last["value"].nunique() == 8


def test_a_shorter_look_sees_the_same_months(base):
    short = compare(SMALL, months=12)
    assert short.indicators["month"].max() == 12
    within = rows(base.indicators, {"month": range(13)})
    pd.testing.assert_frame_equal(within, rows(short.indicators, {}), check_exact=True)


def test_central_values_when_there_is_one_draw():
    plan = resolve(changed(draws=1))
    inputs = plan.replications([(0, 0), (0, 1)])
    values, zone_data, parameters = inputs.values, inputs.zone_data, inputs.parameters
    assert values[0] == {p.name: float(p.prior.central) for p in plan.parameters}
    assert zone_data[0] == zone_data[1]
    assert parameters[0] == parameters[1]
    population = {path: figure for path, figure in plan.zone.quantities()}
    size = population["income", "poverty_headcount"].value
    assert zone_data[0]["poverty_headcount"] == pytest.approx(size)


def test_draws_are_shared_by_replicates_and_lie_in_their_ranges():
    plan = resolve(changed(draws=30, replicates=2))
    inputs = plan.replications()
    values, zone_data = inputs.values, inputs.zone_data
    for n in range(0, 60, 2):
        assert values[n] == values[n + 1]
        assert zone_data[n] == zone_data[n + 1]
    for parameter in plan.parameters:
        drawn = {v[parameter.name] for v in values}
        low = parameter.prior.mode if parameter.prior.low is None else parameter.prior.low
        high = parameter.prior.mode if parameter.prior.high is None else parameter.prior.high
        assert low <= min(drawn) <= max(drawn) <= high
        assert len(drawn) == (1 if low == high else 30), parameter.name
    headcount = dict(plan.zone.quantities())["income", "poverty_headcount"]
    drawn = zone_data["poverty_headcount"]
    assert headcount.low <= drawn.min() < drawn.max() <= headcount.high
    assert (
        zone_data["children"] == zone_data["children"][0]
    ).all()  # the size of a zone is not drawn


# --- what is set by hand ---


def test_a_lever_moves_every_scenario_but_the_first_while_the_programme_lasts(base, moved):
    plan = resolve(SMALL, {"teachers": 0.75})
    levers, plain = (p.levers() for p in (plan, resolve(SMALL)))
    lane = INDEX["teachers"]
    assert (levers[1, :12, lane] == 0.75).all()
    levers[1, :12, lane] = plain[1, :12, lane]
    assert (levers == plain).all()
    same(base, moved, scenario=["none"])
    assert differ(base, moved)
    assert moved.manifest["set"] == {"teachers": 0.75}
    assert moved.manifest["run_id"] != base.manifest["run_id"]
    said = [scenario["sentences"] for scenario in moved.manifest["scenarios"]]
    assert said[0] == []
    assert said[1][-1].startswith("Set by hand for 12 months: teachers = 0.75")


def test_a_parameter_moves_every_scenario_and_stays_where_it_is_put(base):
    moved = compare(SMALL, overrides={"subsistence": 0.45})
    without = (rows(r.indicators, {"scenario": ["none"]})["value"] for r in (base, moved))
    assert not next(without).equals(next(without))
    plan = resolve(changed(set={"subsistence": 0.45}))
    assert set(run_replications(plan).inputs.parameter("subsistence")) == {0.45}
    same(moved, run_plan(plan))


def test_levers_without_a_programme_are_a_scenario_of_their_own():
    small = {"seed": 5, "replicates": 2, "months": 18, "programme_months": 12}
    alone = simulate("india-1", **small)
    moved = simulate("india-1", overrides={"teachers": 0.75, "subsistence": 0.4}, **small)
    assert moved.manifest["programmes"] == ["none", "by-hand"]
    assert [s["name"] for s in moved.manifest["scenarios"]] == ["none", "by-hand"]
    assert moved.manifest["scenarios"][1]["sentences"] == [
        "Set by hand for 12 months: teachers = 0.75 (extra teachers; proportional rise). "
        "Its cost is not counted."
    ]
    assert moved.manifest["set"] == {"teachers": 0.75, "subsistence": 0.4}
    fixed = simulate("india-1", overrides={"subsistence": 0.4}, **small)
    assert set(fixed.indicators["scenario"]) == {"none"}
    same(fixed, moved, scenario=["none"])
    assert differ(alone, fixed)
    from clfz import ZoneModel

    model = ZoneModel(
        zone="india-1", months=18, programme_months=12, rng=5, teachers=0.75, subsistence=0.4
    )
    model.run_model()
    left, right = (
        rows(frame, {"replicate": [0]}).drop(columns="scenario")
        for frame in (
            moved.indicators[moved.indicators["scenario"] == "by-hand"],
            model.table(),
        )
    )
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_a_step_that_never_runs_is_refused_or_told():
    words = (
        "area-based: adult_wages starts in month 7, but the programme leaves after month 6. It w"
    )
    with pytest.raises(InputError, match=words):
        simulate("india-1", "area-based", replicates=1, months=12, programme_months=6)
    short = simulate("india-1", "area-based", replicates=1, months=6).manifest["scenarios"][1]
    never = [
        text for text in short["sentences"] if text.startswith("Never runs in these 6 months: ")
    ]
    assert len(never) == 2  # wages and age checks begin in month 7


def test_a_step_after_the_end_of_the_run_is_told_by_that_end():
    late = load_programme("awareness").model_copy(
        update={
            "interventions": tuple(
                step.model_copy(update={"start_month": 150})
                for step in load_programme("awareness").interventions
            )
        }
    )
    with pytest.raises(InputError, match=r"starts in month 150, but the run ends with month 108\."):
        simulate("india-1", late)


def test_a_shock_of_one_run_is_that_of_a_comparison():
    small = {"seed": 3, "replicates": 2}
    plan = changed(
        zone="chipinge",
        programmes=("none", "cash-transfer"),
        shocks=("drought",),
        programme_months=16,
        after_months=2,
        draws=1,
    )
    asked = compare(plan, **small)
    found = simulate(
        "chipinge", "cash-transfer", shocks="drought", months=18, programme_months=16, **small
    )
    same(asked, found)
    assert found.manifest["shocks"] == asked.manifest["shocks"]
    assert found.manifest["name"] == "chipinge-cash-transfer-drought"
    calm = simulate("chipinge", "cash-transfer", months=18, programme_months=16, **small)
    assert differ(found, calm)


@pytest.mark.parametrize(
    ("shocks", "error", "words"),
    [
        (["drougt"], InputError, 'not a known shock. Did you mean "drought"'),
        (["drought", "drought"], InputError, '"drought" stands twice in shocks; keep one.'),
        ("drought", InputError, "^drought starts in month 13, but the run ends with month 12. It"),
        (None, TypeError, "shocks must be names or paths of files, not None"),
        (
            [None],
            TypeError,
            'a shock is given by its name or by the path of its file, for example "',
        ),
    ],
)
def test_a_shock_that_cannot_come_is_refused(shocks, error, words):
    with pytest.raises(error, match=words):
        simulate("chipinge", months=12, shocks=shocks)


def test_the_manifest_holds_the_inputs_in_full():
    """Whoever has only the result can write its files again: programmes and shocks with every price."""
    small = {"draws": 1, "replicates": 1, "programme_months": 3, "after_months": 0}
    plan = resolve(changed(programmes=("none", "area-based"), shocks=("drought",), **small))
    told = run_plan(plan).manifest
    for entry in told["scenarios"]:
        kept = {key: value for key, value in entry.items() if key != "sentences"}
        assert Programme.model_validate(kept) == load_programme(entry["name"])
    assert [Shock.model_validate(entry) for entry in told["shocks"]] == [load_shock("drought")]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("teachers", -1.0, "^teachers is -1, but it must be between 0 and 3. More: clfz param"),
        ("teachers", "much", "teachers is much, but it must be a number"),
        ("teachers", float("nan"), "teachers is nan, but it must be a number"),
        (
            "subsistence",
            0.6,
            "^subsistence is 0.6, but it must be between 0.2 and 0.5. More: clfz p",
        ),
        (
            "bridge_min_gap",
            3,
            "bridge_min_gap is 3, but it is known to be 2. More: clfz parameters",
        ),
        ("subsistence", float("nan"), "subsistence is nan, but it must be a number"),
        ("subsistence", None, "subsistence is None, but it must be a number"),
        ("teecher", 1.0, "neither a lever nor a parameter"),
    ],
)
def test_what_cannot_be_set_is_said(name, value, words):
    with pytest.raises(InputError, match=words):
        compare(SMALL, overrides={name: value})


# --- the two ways in ---


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"seed": -1}, ValueError, "seed must lie between 0 and 999999999999999, not -1"),
        ({"seed": 1.5}, TypeError, "seed must be a whole number, not 1.5"),
        ({"draws": 0}, ValueError, "draws must lie between 1 and 100000"),
        ({"replicates": -1}, ValueError, "replicates must lie between 1 and 10000"),
        ({"replicates": "3"}, TypeError, "replicates must be a whole number, not '3'"),
        ({"months": 0}, ValueError, "months must lie between 1 and 372"),
        ({"months": 5000}, ValueError, "months must lie between 1 and 372"),
        ({"months": 12.5}, TypeError, "months must be a whole number"),
        ({"jobs": 0}, ValueError, "jobs must lie between 1 and 1024"),
    ],
    ids=str,
)
def test_numbers_out_of_range_are_told_by_name(asked, error, words):
    with pytest.raises(error, match=words):
        compare(SMALL, **asked)
    with pytest.raises(error, match=words):
        simulate("india-1", **{"programme_months": 12, **asked})
    with pytest.raises(ValueError, match="programme_months must lie between 1 and 360"):
        simulate("india-1", programme_months=0)


def test_loaded_and_changed_objects_are_taken():
    zone, programme = load_zone("india-1"), load_programme("area-based")
    asked = {"seed": 5, "replicates": 1, "months": 12, "programme_months": 12}
    same(simulate(zone, programme, **asked), simulate("india-1", "area-based", **asked))
    mine = programme.model_copy(
        update={"name": "mine", "interventions": programme.interventions[:1]}
    )
    result = simulate(zone, mine, **asked)
    assert [s["name"] for s in result.manifest["scenarios"]] == ["none", "mine"]
    assert differ(result, simulate(zone, programme, **asked))


def test_nothing_against_nothing():
    result = compare("zero")
    for name in ("indicators", "outcomes"):
        frame = getattr(result, name)
        parts = [
            frame[frame["scenario"] == scenario].drop(columns="scenario").reset_index(drop=True)
            for scenario in ("none", "zero")
        ]
        pd.testing.assert_frame_equal(*parts, check_exact=True)
    assert result.costs.empty
    assert load_comparison("zero").programmes == ("none", "zero")


def test_simulate_is_a_comparison_with_none(base):
    asked = {"seed": 5, "draws": 2, "replicates": 2, "months": 18, "programme_months": 12}
    same(base, simulate("india-1", "area-based", **asked))
    alone = simulate("india-1", **asked)
    assert set(alone.indicators["scenario"]) == {"none"}
    same(base, alone, scenario=["none"])


def test_progress_counts_up_to_the_end_and_the_manifest_says_what_was_done():
    told = []
    result = compare(
        SMALL, jobs=1, progress=lambda *what: told.append(what), command="clfz compare small"
    )
    done = [n for n, _, _ in told]
    assert done == sorted(done)
    assert told[0][:2] == (0, 8)
    assert told[-1][:2] == (8, 8)
    assert all(text for _, _, text in told)
    manifest = result.manifest
    assert manifest["command"] == "clfz compare small"
    assert [s["name"] for s in manifest["scenarios"]] == ["none", "area-based"]
    assert manifest["draw_ids"] == [0, 1]
    assert set(result.costs["line"]) <= set(manifest["cost_lines"])
    assert manifest["cost_lines"]["community_group.visits"] == "home visits"
    assert list(result.indicators.groupby(REPLICATION).groups) == [(0, 0), (0, 1), (1, 0), (1, 1)]
