"""A drought raises child work where family farms dominate, and can lower it.

Evidence: Beegle, Dehejia & Gatti (2006) and T6-001, T6-011 (Tanzania: up, less with assets);
Nordman, Sharma & Sunder (2022, T6-005) and Jacoby & Skoufias: where children's pay moves with the
harvest, a good one draws them in and a bad one lets them go. The second regime is declared: nothing
that a child does on the farm is worth as much as before (prior 0.3 to 0.8), and families can ride
the loss out (credit for all, a buffer of 14 months), so that the pay is what is left; the weight of
consumption is at the top of its prior.
The control is a drought that takes nothing: the same families are asked again.
"""

import numpy as np

from tests.patterns.lab import AT_SCHOOL, WORKING, Lab, Trial, levers

MONTHS = 30
INSURED = {
    "credit_share": 1.0,
    "credit_access": 1.0,
    "buffer_months": 14.0,
    "consumption_weight": 1.2,
}


def drought(severity: float, months: int):
    spilled = (-0.3 * severity, 13, 12 + months)
    return levers(
        MONTHS,
        demand_farm=(-severity, 13, 12 + months),
        demand_home=spilled,
        demand_tier3=spilled,
    )


def trial(months: int, severity: float = 0.4, **parameters: float) -> Trial:
    lab = Lab("mali-4", parameters=parameters)
    return lab.run(drought(1e-9, months), drought(severity, months), replications=30)


def late(activities, months):
    return lambda replication: np.mean([replication.share(m, activities) for m in months])


def test_a_drought_raises_child_work_on_family_farms(say):
    result, seen = trial(18), (24, 27, 30)
    work, school = (result.effect(late(a, seen)) for a in (WORKING, AT_SCHOOL))
    say(base=result.level(late(WORKING, seen)), work=work, school=school)
    assert work.above()
    assert school.below()


def test_it_lowers_child_work_where_only_childrens_pay_falls(say):
    seen = (18, 21, 24)
    pay_falls = trial(12, 0.6, farm_task_share=0.0, **INSURED).effect(late(WORKING, seen))
    pay_stays = trial(12, 0.6, farm_task_share=0.8, **INSURED).effect(late(WORKING, seen))
    say(pay_falls=pay_falls, pay_mostly_stays=pay_stays)
    assert pay_falls.below()
    assert pay_stays.above()


def test_without_a_weight_on_consumption_it_only_moves_children_between_places():
    result = trial(18, consumption_weight=0.0, hazard_weight=0.0)
    for calm, dry in result.replications:
        assert np.array_equal(calm.codes & 3, dry.codes & 3)
