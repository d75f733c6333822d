"""Nobody is lost or counted twice and nothing exceeds its limits, with every lever moved."""

from collections import Counter

from clfz.reference import ReferenceModel
from clfz.reference.shared import ACTIVITY_NAMES, PLACE_NAMES, SCHOOL_ONLY

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


def test_every_month(zone, parameters, levers):
    table = levers(MONTHS, **EVERYTHING)
    table[24:] = 0  # the programme leaves
    stay = zone | {"yearly_migration": 0.0}  # no family goes away, so places stay filled
    model = ReferenceModel(stay, parameters, table, seed=2**63 + 11, months=MONTHS)
    check(model)
    while model.month < MONTHS:
        model.step()
        check(model)

    for event in ("withdrawn", "protected", "bridged"):  # each child is counted once
        ever = sum(event in child.counted for child in model.children)
        assert ever == sum(tally[event] for tally in model.tallies) > 0
    assert max(tally["bridge_pupils"] for tally in model.tallies) > 10
    assert model.tallies[-1]["bridge_pupils"] == 0
    families = model.tallies[0]["households"]
    for tally in model.tallies[1:25]:
        assert tally["visits"] <= EVERYTHING["group_visits"] / 100 * families + 3
    for tally in model.tallies[25:]:
        assert tally["visits"] == tally["transfers_paid"] == 0


def check(model):
    """One month: what must always hold."""
    p, tally = model.p, model.tallies[-1]
    total = Counter()
    for counts in tally["counts"].values():
        total.update(counts)
    children = [child for child in model.children if child.present]

    # everyone does one thing
    assert total["children"] == sum(total[name] for name in ACTIVITY_NAMES) == len(children)
    working = total["school_and_work"] + total["work_only"]
    assert sum(total[name] for name in PLACE_NAMES[1:]) <= working
    assert all(child.works for child in children if child.place)

    # child labour is a part of work, and chores add to it
    assert total["hazardous"] <= total["child_labour"] <= working
    assert total["child_labour"] <= total["child_labour_with_chores"] <= total["children"]

    # seats and places are counted as they are taken, and never too many
    at_school = total["school_only"] + total["school_and_work"]
    assert tally["pupils"] == sum(child.is_pupil for child in children)
    assert tally["pupils"] + tally["bridge_pupils"] == at_school
    assert tally["bridge_pupils"] == total["bridge"] <= EVERYTHING["bridge_seats"]
    for village in model.villages:
        for tier, employer in village.employers.items():
            held = [child for child in village.present_children if child.place == tier]
            assert len(held) == employer.filled <= employer.places
            under_age, limit = sum(c.under_age for c in held), employer.under_age_limit
            assert under_age == employer.filled_under_age
            assert limit is None or under_age <= limit

    # bridge classes keep their kind and length
    for child in children:
        assert child.bridge_clock <= EVERYTHING["bridge_months"]
        assert not child.in_bridge_class or child.activity == SCHOOL_ONLY
        assert child.bridge_clock != 1 or child.gap >= p.bridge_min_gap

    # money and messages stay within their limits
    for household in model.households:
        assert 0 <= household.buffer <= p.buffer_months * household.base * (1 + 1e-12)
        assert 0 <= household.message <= p.message_cap
