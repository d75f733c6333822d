"""For some parameters two states are stable, and a temporary push moves a zone for good.

Theory: Basu & Van (1998); Lopez-Calva (2003) and Strulik (2013) for norms, the channel used here.
The regime lies outside the priors and is declared: norms of 4 utils a unit share (priors up to 2.0
and 1.5), one village where four children in five work, and room for them in school. At the top of
the priors the same push is followed by a slow return.
"""

import pytest

from tests.patterns.lab import AT_SCHOOL, WORKING, Lab, Trial, levers

PUSH, YEARS_AFTER = 36, 25
MONTHS = PUSH + 12 * YEARS_AFTER
TEN_YEARS_AFTER = PUSH + 120
CONTROL, STRONG, WEAK = 0, 1, 2


def zone(**norms: float) -> Lab:
    return Lab(
        "budhpura",
        parameters={"message_effect": 0.1, **norms},
        zone_data={"population.migrant_share": 0.0, "school.seat_slack": 12.0},
        activity=(0.06, 0.04, 0.80, 0.10),
        children=2000,
        villages=1,
    )


def push(contacts: float, strength: float):
    return levers(
        MONTHS, awareness_contacts=(contacts, 1, PUSH), awareness_strength=(strength, 1, PUSH)
    )


def pushed(replications: int = 6, **norms: float) -> Trial:
    return zone(**norms).run(
        levers(MONTHS), push(1.0, 5.0), push(0.3, 1.0), replications=replications
    )


def work(month: int):
    return lambda replication: replication.share(month, WORKING)


@pytest.fixture(scope="module")
def strong_norms() -> Trial:
    return pushed(norm_school=4.0, norm_work=4.0)


def test_left_alone_the_zone_keeps_to_child_work(strong_norms, say):
    first, last = (strong_norms.level(work(month), CONTROL) for month in (0, MONTHS))
    say(start=first, end=last)
    assert last.above(0.7)


def test_a_strong_push_moves_it_to_another_state_for_good(strong_norms, say):
    ten, late = (strong_norms.level(work(m), STRONG) for m in (TEN_YEARS_AFTER, MONTHS))
    school = strong_norms.level(lambda w: w.share(MONTHS, AT_SCHOOL), STRONG)
    say(ten_years_after=ten, twenty_five_years_after=late, school=school)
    assert ten.below(0.4)
    assert late.below(0.4)  # nobody of those who were pushed is a child any more


def test_a_weak_push_of_the_same_length_is_undone(strong_norms, say):
    during, ten, late = (
        strong_norms.effect(work(m), WEAK) for m in (PUSH, TEN_YEARS_AFTER, MONTHS)
    )
    say(at_the_end_of_the_push=during, ten_years_after=ten, twenty_five_years_after=late)
    assert during.below(-0.03)
    assert strong_norms.level(work(MONTHS), WEAK).above(0.7)
    assert abs(late.mean) < abs(during.mean) / 2


@pytest.mark.parametrize(
    "norms", [{"norm_school": 2.0, "norm_work": 1.5}, {"norm_school": 0.0, "norm_work": 0.0}]
)
def test_with_weaker_norms_there_is_one_state_and_the_zone_returns(norms, say):
    trial = pushed(4, **norms)
    during, ten, late = (trial.effect(work(m), STRONG) for m in (PUSH, TEN_YEARS_AFTER, MONTHS))
    say(at_the_end_of_the_push=during, ten_years_after=ten, twenty_five_years_after=late)
    assert during.below(-0.2)
    assert abs(late.mean) < 0.02
