"""Nobody is lost or counted twice and nothing exceeds its limits, with every lever moved."""

from collections import Counter

import pytest
from clfz.reference import Twin
from clfz.reference.codes import ACTIVITY_NAMES, PLACE_NAMES, SCHOOL_ONLY

MONTHS = 30
EVERYTHING = {
    "bridge_seats": 31,
    "bridge_months": 7,
    "bridge_support": 0.5,
    "transfer_girls_5_11": 4,
    "transfer_girls_12_14": 8,
    "transfer_boys_12_14": 6,
    "transfer_coverage": 0.4,
    "transfer_targeting_error": 0.3,
    "transfer_condition": 0.8,
    "transfer_endorsement": 0.5,
    "adult_wage_home": 0.2,
    "adult_wage_coverage": 0.5,
    "awareness_contacts": 0.3,
    "awareness_strength": 2,
    "teachers": 0.2,
    "school_quality": 0.1,
    "school_cost_relief": 0.5,
    "school_attractiveness": 0.1,
    "group_visits": 30,
    "group_detection": 0.6,
    "group_follow_up": 0.3,
    "age_check_tier1": 0.9,
    "age_check_tier2": 0.5,
    "demand_farm": -0.3,
}


@pytest.fixture(scope="module")
def months(figures, parameters, levers):
    """The end of each month, for the tests below; no family goes away, so places stay filled."""
    table = levers(MONTHS, **EVERYTHING)
    table[24:] = 0  # the programme leaves
    stay = figures | {"yearly_migration": 0.0}
    twin = Twin(stay, parameters, table, seed=2**63 + 11, months=MONTHS)
    seen = [Month(twin)]
    while twin.month < MONTHS:
        twin.step()
        seen.append(Month(twin))
    return seen


class Month:
    """What the tests need to know of a month."""

    def __init__(self, twin):
        self.book = twin.books[-1]
        self.total = Counter()
        for counts in self.book["counts"].values():
            self.total.update(counts)
        children = [c for c in twin.children if c.present]
        self.children = len(children)
        self.pupils = sum(c.is_pupil for c in children)
        self.bridge_activities = {c.activity for c in children if c.in_bridge_class}
        self.bridge_clocks = {c.bridge_clock for c in children}
        self.bridge_gaps = {c.gap for c in children if c.bridge_clock == 1}
        self.idle_with_place = [c.key for c in children if c.place and not c.works]
        self.employers = [
            (e.filled, e.places, e.filled_under_age, e.under_age_limit)
            for village in twin.villages
            for e in village.employers.values()
        ]
        self.held = [
            sum(c.place == tier for c in village.present_children)
            for village in twin.villages
            for tier in village.employers
        ]
        self.buffers = [h.buffer / h.base for h in twin.households]
        self.messages = [h.message for h in twin.households]
        self.ever = {
            event: sum(event in c.counted for c in twin.children)
            for event in ("withdrawn", "protected", "bridged")
        }


def test_everyone_does_one_thing(months):
    for month in months:
        total = month.total
        assert total["children"] == month.children
        assert sum(total[name] for name in ACTIVITY_NAMES) == month.children
        working = total["school_and_work"] + total["work_only"]
        assert sum(total[name] for name in PLACE_NAMES[1:]) <= working
        assert not month.idle_with_place


def test_child_labour_is_a_part_of_work_and_chores_add_to_it(months):
    for month in months:
        total = month.total
        assert total["hazardous"] <= total["child_labour"]
        assert total["child_labour"] <= total["school_and_work"] + total["work_only"]
        assert total["child_labour"] <= total["child_labour_with_chores"] <= total["children"]


def test_seats_are_counted_as_they_are_taken(months):
    for month in months:
        at_school = month.total["school_only"] + month.total["school_and_work"]
        assert month.book["pupils"] == month.pupils
        assert month.book["pupils"] + month.book["bridge_pupils"] == at_school
        assert month.book["bridge_pupils"] == month.total["bridge"]


def test_places_are_counted_as_they_are_taken_and_never_too_many(months):
    for month in months:
        for held, (filled, places, under_age, limit) in zip(
            month.held, month.employers, strict=True
        ):
            assert held == filled <= places
            assert under_age <= filled
            assert limit is None or under_age <= limit


def test_bridge_classes_keep_their_size_and_length(months, parameters):
    for month in months:
        assert month.book["bridge_pupils"] <= EVERYTHING["bridge_seats"]
        assert month.bridge_activities <= {SCHOOL_ONLY}
        assert max(month.bridge_clocks) <= EVERYTHING["bridge_months"]
        assert min(month.bridge_gaps, default=9) >= parameters["bridge_min_gap"]
    assert max(month.book["bridge_pupils"] for month in months) > 10
    assert months[-1].book["bridge_pupils"] == 0


def test_each_child_is_counted_once(months):
    for event, ever in months[-1].ever.items():
        assert ever == sum(month.book[event] for month in months) > 0


def test_money_and_messages_stay_within_their_limits(months, parameters):
    for month in months:
        assert min(month.buffers) >= 0
        assert max(month.buffers) <= parameters["buffer_months"] + 1e-12
        assert min(month.messages) >= 0
        assert max(month.messages) <= parameters["message_cap"]
    assert max(months[20].messages) > 0


def test_the_groups_make_no_more_visits_than_they_can(months):
    families = months[0].book["households"]
    for month in months[1:25]:
        assert month.book["visits"] <= EVERYTHING["group_visits"] / 100 * families + 3
    assert sum(month.book["visits"] for month in months[25:]) == 0
    assert sum(month.book["transfers_paid"] for month in months[25:]) == 0
