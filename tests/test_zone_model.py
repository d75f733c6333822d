"""`clfz.ZoneModel`: a Mesa model with the very numbers of the compiled run."""

import copy
import gc
import multiprocessing
import pickle
import re
import subprocess
import sys
import warnings
import weakref
from pathlib import Path
from typing import ClassVar

import clfz
import numpy as np
import pandas as pd
import pytest
from clfz import InputError, ZoneModel
from clfz.inputs.indicators import INDICATORS
from clfz.mesa_model.agents import TIERS, CommunityGroup, Employer, School, mesa
from clfz.model.layout import SUMS
from clfz.model.run import run_zone
from clfz.programme.levers import INDEX
from clfz.runs.zone_data import replication_seed

MONTHS = 30
GUIDE = Path(__file__).parents[1] / "docs" / "mesa.md"
KEY = ["indicator", "sex", "age_band", "month"]


def lived(**settings):
    model = ZoneModel(**settings)
    model.run_model()
    return model


def series(table):
    named = table.astype({name: str for name in KEY[:3]})
    return named.set_index(KEY)["value"].sort_index()


@pytest.fixture(autouse=True, scope="module")
def _processes_start_as_before():
    """`mesa.batch_run` of Mesa 3.5 changes how processes start."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.fixture(scope="module")
def model():
    return lived(programme="area-based", months=MONTHS, programme_months=24, seed=5)


# --- the same numbers ---


@pytest.mark.parametrize(
    "settings",
    [
        {"zone": "budhpura", "programme": "area-based", "seed": 3},
        {"zone": "mali-1", "programme": "cash-transfer", "shocks": "drought", "rng": 2, "draw": 1},
        {"zone": "uganda-1", "programme": "supply-chain", "shocks": ["wage-slump"], "replicate": 2},
    ],
)
def test_every_month_is_that_of_the_compiled_run(settings):
    model = ZoneModel(**{"months": MONTHS, "rng": None, **settings})
    engine = model.engine
    totals, sums = np.zeros_like(engine.block.totals[0, 0]), np.zeros_like(engine.block.sums[0, 0])
    nothing = np.zeros((0, 0), np.uint8)
    state = run_zone(
        engine.zone_data,
        engine.parameters,
        engine.levers,
        np.uint64(model.replication_seed),
        totals,
        sums,
        nothing,
    )
    for month in range(MONTHS + 1):
        np.testing.assert_array_equal(engine.block.totals[0, 0, month], totals[month])
        np.testing.assert_array_equal(engine.block.sums[0, 0, month], sums[month])
        if model.running:
            model.step()
    for name, ours, theirs in zip(state._fields, model.state, state, strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


@pytest.mark.parametrize("programme", ["area-based", "none"])
def test_indicators_are_those_of_simulate(programme):
    runs = {"months": MONTHS, "programme_months": 24, "seed": 5}
    result = clfz.simulate("budhpura", programme, replicates=2, jobs=1, **runs)
    rows = result.indicators[result.indicators["scenario"] == programme]
    for replicate in (0, 1):
        model = lived(programme=programme, replicate=replicate, **runs)
        theirs = series(rows[rows["replicate"] == replicate])
        pd.testing.assert_series_equal(series(model.table()), theirs)
        frame = model.datacollector.get_model_vars_dataframe().set_index("month")
        assert list(frame.index) == list(range(1, MONTHS + 1))
        for entry in INDICATORS:
            expected = theirs[entry.name, "all", entry.age_band].loc[1:]
            np.testing.assert_array_equal(frame[entry.name], expected, err_msg=entry.name)


def test_a_drawn_replication_is_that_of_a_comparison():
    plan = clfz.load_comparison("quick").model_copy(update={"programmes": ("none", "wages")})
    result = clfz.compare(plan, draws=2, replicates=1, seed=9, months=12, jobs=1)
    rows = result.indicators[
        (result.indicators["scenario"] == "wages") & (result.indicators["draw"] == 1)
    ]
    settings = {"zone": plan.zone, "shocks": plan.shocks, "parameters": plan.set}
    model = lived(programme="wages", months=12, rng=9, draw=1, **settings)
    pd.testing.assert_series_equal(series(model.table()), series(rows))


def test_levers_and_parameters_by_hand_are_those_of_simulate():
    by_hand = {"teachers": 0.5, "subsistence": 0.4}
    result = clfz.simulate(
        "budhpura", "wages", replicates=1, months=12, programme_months=6, overrides=by_hand
    )
    rows = result.indicators[result.indicators["scenario"] == "wages"]
    for settings in (by_hand, {"parameters": by_hand}):
        model = lived(programme="wages", months=12, programme_months=6, seed=1, **settings)
        pd.testing.assert_series_equal(series(model.table()), series(rows))
    assert model.engine.levers[:, INDEX["teachers"]].tolist() == [0.5] * 6 + [0.0] * 6


# --- a Mesa model ---


def test_it_stops_after_the_last_month():
    model = ZoneModel(months=2, seed=1)
    assert (model.month, model.steps, model.running) == (0, 0, True)
    model.step()
    assert (model.month, model.steps, model.running) == (1, 1, True)
    model.step()
    assert (model.month, model.steps, model.running) == (2, 2, False)
    with pytest.raises(RuntimeError, match="made for 2 months"):
        model.step()
    assert len(model.table()["month"].unique()) == 3


def test_any_seed_of_mesa_is_one_number():
    one = ZoneModel(months=1, rng=7)
    assert one.run_seed == 7
    assert one.replication_seed == replication_seed(7, 0, 0)
    assert ZoneModel(months=1, seed=7.0).replication_seed == one.replication_seed
    assert ZoneModel(months=1, rng=np.int64(7)).replication_seed == one.replication_seed
    assert ZoneModel(months=1, rng=7, replicate=1).replication_seed == replication_seed(7, 0, 1)
    assert one.random.random() == ZoneModel(months=1, seed=7).random.random()
    for make in (
        np.random.default_rng,
        np.random.SeedSequence,
        np.random.PCG64,
        lambda seed: [seed, 1],
    ):
        first, second = ZoneModel(months=1, rng=make(3)), ZoneModel(months=1, rng=make(3))
        assert first.run_seed == second.run_seed < 10**15
    assert ZoneModel(months=1).run_seed != ZoneModel(months=1).run_seed


def test_batch_run_gives_a_frame():
    rows = mesa.batch_run(
        ZoneModel,
        parameters={
            "programme": ["none", "bridge-schools"],
            "seed": [1, 2],
            "months": 14,
            "subsistence": [0.4, 0.5],
        },
        number_processes=1,
        display_progress=False,
    )
    frame = pd.DataFrame(rows).set_index(["programme", "seed", "subsistence"])
    assert len(frame) == frame.index.nunique() == 8
    assert (frame["month"] == 14).all()
    assert frame["child_labour_rate"].nunique() > 4
    model = lived(programme="bridge-schools", seed=2, months=14, subsistence=0.5)
    last = frame.loc["bridge-schools", 2, 0.5]
    for entry in INDICATORS:
        assert last[entry.name] == model.indicator(entry.name)


class Watched(ZoneModel):
    agent_reporters: ClassVar = {
        "pupils": lambda agent: getattr(agent, "pupils", None),
        "now": lambda agent: agent.model.month,
    }


def test_batch_run_puts_agents_beside_their_own_month():
    rows = mesa.batch_run(
        Watched,
        parameters={"seed": 1, "months": 3},
        data_collection_period=1,
        number_processes=1,
        display_progress=False,
    )
    frame = pd.DataFrame(rows)
    assert (frame["month"] == frame["now"]).all()
    villages = len(ZoneModel(months=1, seed=1).schools)
    assert frame.groupby("month")["pupils"].count().to_dict() == dict.fromkeys((1, 2, 3), villages)


@pytest.mark.slow
def test_batch_run_in_two_processes():
    settings = {"parameters": {"seed": [1, 2], "months": 3}, "display_progress": False}
    alone = mesa.batch_run(ZoneModel, number_processes=1, **settings)
    both = mesa.batch_run(ZoneModel, number_processes=2, **settings)
    assert sorted(both, key=lambda row: row["RunId"]) == alone


def test_models_are_forgotten():
    model = ZoneModel(months=2, seed=1)
    model.child(0)
    model.step()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


# --- agents ---


def test_places_read_the_arrays(model):
    s, villages = model.state, len(model.state.places)
    assert model.schools.get("pupils") == s.pupils.tolist()
    assert model.schools.get("village") == list(range(villages))
    assert (
        sum(model.schools.get("pupils")) == model.engine.block.sums[0, 0, -1, SUMS.index("pupils")]
    )
    assert model.groups.get("seen_work") == s.seen_work.tolist()
    assert len(model.employers) == 3 * villages
    assert model.employers.get("places") == s.places.ravel().tolist()
    assert model.employers.get("tier") == list(TIERS) * villages
    workers = {tier: 0 for tier in TIERS}
    for employer in model.employers:
        workers[employer.tier] += employer.filled
    assert workers == {tier: model.indicator(f"working_{tier}") for tier in TIERS}
    for kind in (School, Employer, CommunityGroup):
        numbers = model.agents_by_type[kind].get("unique_id")
        assert len(set(numbers)) == len(numbers)


def test_they_follow_the_months():
    model = ZoneModel(months=3, programme="community-group", seed=1)
    group = next(iter(model.groups))
    before = model.schools.get("pupils")
    model.step()
    assert model.indicator("children") == sum(child.present for child in model.children)
    assert model.schools.get("pupils") == model.state.pupils.tolist() != before
    assert (
        sum(model.groups.get("visits"))
        == model.engine.block.sums[0, 0, 1, SUMS.index("visits")]
        > 0
    )
    assert group.visits <= group.households
    model.state.pupils[0] += 5
    assert next(iter(model.schools)).pupils == model.state.pupils[0]


def test_people_become_agents_when_asked_for():
    model = ZoneModel(months=1, seed=1)
    few = len(model.agents)
    child = model.child(10)
    assert model.child(10) is child
    assert len(model.agents) == few + 1
    assert child in child.household.children
    assert child.household.village == 0
    assert len(model.children) == len(model.state.key)
    assert list(model.children)[10] is child
    assert len(model.agents) == few + len(model.children) + len(
        [agent for agent in model.agents if type(agent).__name__ == "Household"]
    )
    with pytest.raises(IndexError, match="rows are 0 to"):
        model.child(len(model.state.key))
    with pytest.raises(IndexError):
        model.child(-1)


def test_people_add_up_to_the_indicators(model):
    here = [child for child in model.children if child.present]
    count = len(here)
    assert model.indicator("children") == count
    assert model.indicator("child_labour_rate") == sum(c.in_child_labour for c in here) / count
    girls = [c for c in here if c.sex == "girl" and 144 <= c.age_months < 180]
    out = sum(c.activity in ("work_only", "neither") for c in girls) / len(girls)
    assert model.indicator("out_of_school_rate", sex="girls", age_band="12-14") == out
    for place in ("farm", "home", *TIERS):
        assert model.indicator(f"working_{place}") == sum(c.place == place for c in here)
    homes = [home for home in model.households if home.present]
    support = sum(home.supports_norm for home in homes) / len(homes)
    assert model.indicator("norm_support_rate") == support
    assert sum(model.groups.get("households")) == len(homes)
    bridge = sum(c.in_bridge_class for c in here)
    assert bridge == sum(model.schools.get("bridge_pupils"))
    listed = {c.first_counted for c in model.children} - {None}
    assert listed
    assert listed <= set(range(1, MONTHS + 1))


def test_a_child_is_the_same_whatever_the_programme():
    one = ZoneModel(months=12, programme="none", rng=4)
    other = ZoneModel(months=12, programme="area-based", rng=4)
    np.testing.assert_array_equal(one.state.key, other.state.key)
    child, same = one.child(100), other.child(100)
    assert (child.key, child.sex, child.age_months) == (same.key, same.sex, same.age_months)
    assert child.household.base_income == same.household.base_income


# --- what it does not take ---


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"programe": "none"}, TypeError, 'no argument "programe". Did you mean "programme"'),
        ({"techers": 1}, TypeError, 'Did you mean "teachers"'),
        ({"teachers": 99}, InputError, "teachers is 99, but it must be between 0 and 3. More"),
        ({"subsistence": 0.6}, InputError, "subsistence is 0.6, but it must be between 0.2 and"),
        ({"parameters": {"subsistance": 1}}, InputError, '"subsistance" is neither'),
        ({"parameters": "subsistence"}, TypeError, "put the mapping into a list"),
        ({"zone": "budapest"}, InputError, "not a known zone"),
        ({"zone": None}, TypeError, "a zone is given by its name or by the path of its file, for"),
        ({"programme": 3}, TypeError, "not by 3. All: clfz list programmes"),
        ({"shocks": None}, TypeError, "shocks must be names or paths of files, not None"),
        ({"shocks": "drougt"}, InputError, "not a known shock"),
        ({"months": 0}, ValueError, "months must lie between 1 and 408, not 0"),
        ({"months": 2.5}, TypeError, "months must be a whole number, not 2.5"),
        ({"programme_months": 400}, ValueError, "programme_months must lie between"),
        ({"draw": -1}, ValueError, "draw must lie between"),
        ({"rng": 1, "seed": 1}, ValueError, "either rng or seed"),
        ({"seed": -1}, ValueError, "seed must lie between 0"),
        ({"seed": 1.5}, TypeError, "seed must be a whole number"),
        ({"seed": "one"}, TypeError, "seed must be a whole number"),
    ],
)
def test_mistakes_are_told(settings, error, text):
    with pytest.raises(error, match=re.escape(text)):
        ZoneModel(**settings)


def test_indicators_that_do_not_exist(model):
    with pytest.raises(KeyError, match="child_labour_rate"):
        model.indicator("child_labor_rate")
    with pytest.raises(KeyError, match="no adult_wage_index for sex girls"):
        model.indicator("adult_wage_index", sex="girls")
    with pytest.raises(KeyError, match="age band 3-4"):
        model.indicator("working_rate", age_band="3-4")


def test_files_may_be_loaded_before(tmp_path):
    zone, programme = clfz.load_zone("mali-1"), clfz.load_programme("wages")
    first = lived(zone=zone, programme=programme, months=2, seed=1)
    second = lived(zone="mali-1", programme="wages", months=2, seed=1)
    pd.testing.assert_frame_equal(first.table(), second.table())


def test_the_guide_runs(capsys):
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert len(blocks) > 3
    code = "\n".join(blocks)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(code, str(GUIDE), "exec"), {"__name__": "__main__"})
    told = capsys.readouterr().out
    assert "do something else than they would have done" in told
    assert "bridge-schools" in told


@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_lives_on_as_the_model_does(again):
    model = ZoneModel(zone="chipinge", programme="area-based", months=14, seed=3)
    for _ in range(6):
        model.step()
    child = next(each for each in model.children if each.present)
    twin = again(model)
    assert twin.table().equals(model.table())
    for _ in range(6):
        model.step()
        twin.step()
    assert twin.table().equals(model.table())
    assert (twin.child(child.row).activity, twin.child(child.row).grade) == (
        child.activity,
        child.grade,
    )
    assert twin.datacollector.get_model_vars_dataframe().equals(
        model.datacollector.get_model_vars_dataframe()
    )
    twin.step()
    assert (model.month, twin.month) == (12, 13)


def test_what_is_forked_after_a_run_runs_on():
    """Pools that fork (SALib's, EMA's, one's own) after a run in the parent: no hang, and the same numbers."""
    program = """
import multiprocessing, clfz
def one(seed):
    return clfz.simulate("chipinge", "wages", months=12, seed=seed).summary["mean"].sum()
if __name__ == "__main__":
    here = [one(seed) for seed in (1, 2)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(one, (1, 2)).get(timeout=120) == here
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
