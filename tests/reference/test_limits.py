"""What the reference implementation does at the edges: nothing moved, everything checked, nobody deciding."""

import numpy as np
import pytest
from clfz.reference import ReferenceModel


@pytest.fixture(scope="module")
def lived(zone, parameters, levers):
    """lived(months, seed, parameters and zone data by name, levers): a model after its last month."""

    def make(months=12, seed=1, changed=(), **values):
        changed = dict(changed)
        own_zone = zone | {name: changed.pop(name) for name in zone if name in changed}
        table = levers(months, **values)
        model = ReferenceModel(own_zone, parameters | changed, table, seed, months)
        model.run_model()
        return model

    return make


@pytest.fixture(scope="module")
def quiet(lived):
    """A year without programme or shock."""
    return lived()


def total(tally, name):
    return sum(counts[name] for counts in tally["counts"].values())


def traits(model):
    people = [(c.key, c.birth_month, c.sex, c.ability, c.hours_byte) for c in model.children]
    return people, [(h.key, h.x, h.present) for h in model.households]


def states(model):
    return [
        (c.activity, c.place, c.grade, c.bridge_clock, c.known, c.returned) for c in model.children
    ]


def test_the_same_seed_gives_the_same_zone(lived, quiet):
    again = lived()
    assert (traits(again), states(again)) == (traits(quiet), states(quiet))
    assert again.tallies == quiet.tallies
    assert traits(lived(seed=2)) != traits(quiet)


def test_a_programme_does_not_change_who_people_are(lived, quiet):
    moved = lived(school_cost_relief=1, teachers=1, demand_home=-0.5)
    assert moved.tallies[0] == quiet.tallies[0]
    assert traits(moved) == traits(quiet)
    assert states(moved) != states(quiet)


def test_without_a_programme_nothing_is_counted(quiet):
    for tally in quiet.tallies:
        events = ("visits", "contacts", "transfers_paid", "withdrawn", "protected", "bridged")
        assert not any(tally[name] for name in (*events, "bridge_pupils"))
    assert not any(child.known for child in quiet.children)


def test_month_0_is_near_the_profile(lived, zone):
    model = lived(months=0)
    start = [child for child in model.children if child.of_age]
    expected = np.mean([zone["targets"][c.sex, c.class_age - 5] for c in start], axis=0)
    found = np.bincount([c.activity for c in start], minlength=4) / len(start)
    assert found == pytest.approx(expected, abs=0.07)
    assert model.tallies[0]["wage_index"] == [1.0] * 5


def test_when_nobody_reviews_only_newcomers_decide(lived):
    never = {"review_start": 0.0, "review_rate": 0.0, "shock_review": 0.0, "yearly_migration": 0.0}
    start = lived(months=0, seed=3, changed=never)
    before = {c.key: (c.activity, c.place) for c in start.children if c.present}
    model = lived(seed=3, changed=never)
    for child in model.children:
        assert (child.activity, child.place) == before.get(child.key, (child.activity, child.place))
    newcomers = [c for c in model.children if c.present and c.key not in before]
    assert {c.activity for c in newcomers} > {3}


@pytest.mark.parametrize(
    ("bands", "condition", "is_paid"),
    [
        (("5_11", "12_14", "15_17"), 0, lambda child: True),
        (("5_11",), 1, lambda child: child.class_age <= 11 and child.at_school),
    ],
    ids=["for all", "on condition"],
)
def test_a_transfer_pays_whom_it_is_for(lived, bands, condition, is_paid):
    amounts = {f"transfer_{sex}_{band}": 10 for sex in ("girls", "boys") for band in bands}
    model = lived(
        months=3,
        seed=4,
        transfer_coverage=1,
        transfer_condition=condition,
        transfer_targeting_error=0.4,
        **amounts,
    )
    paid = sum(is_paid(child) for child in model.children if child.present)
    assert model.tallies[-1]["transfers_paid"] == pytest.approx(10 * model.z.eur * paid)


def test_checks_without_leak_empty_the_tier_and_work_moves_elsewhere(lived):
    elsewhere = {1.0: 0, 0.0: 0}
    for seed in range(5, 11):
        for check in elsewhere:
            tight = {"check_leak": 0.0, "minimum_age": 14}
            model = lived(months=6, seed=seed, changed=tight, age_check_tier1=check)
            if check:
                assert sum(v.employers[5].filled_under_age for v in model.villages) == 0
                assert sum(tally["lost_place"] for tally in model.tallies) > 0
            elsewhere[check] += sum(total(model.tallies[-1], k) for k in ("home", "tier3", "tier2"))
    assert elsewhere[1.0] > elsewhere[0.0]
