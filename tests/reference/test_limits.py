"""What the twin does at the edges: nothing moved, everything checked, nobody deciding."""

import numpy as np
import pytest
from clfz.reference import Twin
from clfz.reference.codes import ACTIVITIES, TRADES


@pytest.fixture(scope="module")
def quiet(figures, parameters, levers):
    """A year without programme or shock."""
    twin = Twin(figures, parameters, levers(12), seed=1, months=12)
    twin.run_model()
    return twin


def total(book, name):
    return sum(counts[name] for counts in book["counts"].values())


def traits(twin):
    return [(c.key, c.birth_month, c.sex, c.ability, c.hours_byte) for c in twin.children]


def states(twin):
    return [
        (c.activity, c.place, c.grade, c.bridge_clock, c.known, c.returned) for c in twin.children
    ]


def test_the_same_seed_gives_the_same_zone(figures, parameters, levers, quiet):
    again = Twin(figures, parameters, levers(12), seed=1, months=12)
    again.run_model()
    assert traits(again) == traits(quiet)
    assert states(again) == states(quiet)
    assert again.books == quiet.books
    other = Twin(figures, parameters, levers(12), seed=2, months=12)
    assert traits(other) != traits(quiet)


def test_a_programme_does_not_change_who_people_are(figures, parameters, levers, quiet):
    table = levers(12, school_cost_relief=1, teachers=1, demand_home=-0.5)
    moved = Twin(figures, parameters, table, seed=1, months=12)
    assert moved.books[0] == quiet.books[0]
    moved.run_model()
    assert traits(moved) == traits(quiet)
    assert states(moved) != states(quiet)
    ours = {h.key: (h.x, h.present) for h in quiet.households}
    assert {h.key: (h.x, h.present) for h in moved.households} == ours


def test_records_and_mappings_read_alike(figures, parameters, levers, quiet):
    kinds = [(name, np.asarray(v).dtype, np.shape(v)) for name, v in figures.items()]
    record = np.array([tuple(figures.values())], dtype=kinds)[0]
    draw = np.array([tuple(parameters.values())], dtype=[(name, float) for name in parameters])[0]
    twin = Twin(record, draw, levers(12), seed=1, months=12)
    assert twin.books == quiet.books[:1]


def test_without_a_programme_nothing_is_counted(quiet):
    for book in quiet.books:
        assert book["visits"] == book["contacts"] == book["transfers_paid"] == 0
        assert book["withdrawn"] == book["protected"] == book["bridged"] == 0
        assert book["bridge_pupils"] == 0
    assert not any(child.known for child in quiet.children)


def test_month_0_is_near_the_profile(figures, quiet):
    start = [c for c in Twin(**arguments(figures, quiet)).children if c.of_age]
    expected = np.mean([figures["targets"][c.sex, c.class_age - 5] for c in start], axis=0)
    found = np.bincount([c.activity for c in start], minlength=4) / len(start)
    assert found == pytest.approx(expected, abs=0.07)


def arguments(figures, quiet):
    return {
        "figures": figures,
        "parameters": vars(quiet.parameters),
        "levers": np.zeros((0, len(vars(quiet.lever)))),
        "seed": 1,
        "months": 0,
    }


def test_when_nobody_reviews_only_newcomers_decide(figures, parameters, levers):
    never = parameters | {"review_start": 0.0, "review_rate": 0.0, "shock_review": 0.0}
    twin = Twin(figures | {"yearly_migration": 0.0}, never, levers(12), seed=3, months=12)
    before = {c.key: (c.activity, c.place) for c in twin.children if c.present}
    twin.run_model()
    for child in twin.children:
        if child.key in before:
            assert (child.activity, child.place) == before[child.key]
    newcomers = [c for c in twin.children if c.present and c.key not in before]
    assert {c.activity for c in newcomers} > {3}


def test_a_transfer_for_all_reaches_every_present_child(figures, parameters, levers):
    amounts = {
        f"transfer_{sex}_{band}": 10
        for sex in ("girls", "boys")
        for band in ("5_11", "12_14", "15_17")
    }
    table = levers(3, transfer_coverage=1, transfer_targeting_error=0.4, **amounts)
    twin = Twin(figures, parameters, table, seed=4, months=3)
    twin.run_model()
    for book in twin.books[1:]:
        due = 10 * figures["eur"] * total(book, "children")
        assert book["transfers_paid"] == pytest.approx(due)


def test_a_full_condition_pays_for_school_only(figures, parameters, levers):
    table = levers(
        3, transfer_coverage=1, transfer_condition=1, transfer_girls_5_11=10, transfer_boys_5_11=10
    )
    twin = Twin(figures, parameters, table, seed=4, months=3)
    twin.run_model()
    pupils = [c for c in twin.children if c.present and c.class_age <= 11 and c.at_school]
    due = 10 * figures["eur"] * len(pupils)
    assert twin.books[-1]["transfers_paid"] == pytest.approx(due)


def test_checks_without_leak_empty_the_tier_and_work_moves_elsewhere(figures, parameters, levers):
    tight = parameters | {"check_leak": 0.0}
    elsewhere = {1.0: 0, 0.0: 0}
    for seed in range(5, 11):
        for check in elsewhere:
            twin = Twin(figures, tight, levers(6, age_check_tier1=check), seed=seed, months=6)
            at_start = sum(v.employers[5].filled_under_age for v in twin.villages)
            twin.run_model()
            if check:
                assert at_start > 0
                assert sum(v.employers[5].filled_under_age for v in twin.villages) == 0
            elsewhere[check] += sum(total(twin.books[-1], k) for k in ("home", "tier3", "tier2"))
    assert elsewhere[1.0] > elsewhere[0.0]


def test_homes_and_wages_are_those_of_the_zone(quiet):
    assert all(child.activity in ACTIVITIES for child in quiet.children)
    assert len(quiet.books[-1]["wage_index"]) == len(TRADES)
    assert all(0.5 < index < 2 for index in quiet.books[-1]["wage_index"])
    assert quiet.books[0]["wage_index"] == [1.0] * 5


def test_mesa_knows_every_agent(quiet):
    by_type = {kind.__name__: len(agents) for kind, agents in quiet.agents_by_type.items()}
    assert by_type == {
        "Village": 3,
        "School": 3,
        "CommunityGroup": 3,
        "Employer": 9,
        "Household": len(quiet.households),
        "Child": len(quiet.children),
    }
