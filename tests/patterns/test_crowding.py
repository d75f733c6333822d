"""An enrolment drive without teachers crowds the schools and loses children again.

Evidence: Uganda's abolition of fees, enrolment +70 % in a year without teachers (Deininger 2003,
T5-017), and its high drop-out afterwards. The drive: school is free and families are talked to for
two years. There is room (declared: seat slack 2), so that crowding alone is at work.
"""

import numpy as np
import pytest

from tests.patterns.lab import AT_SCHOOL, Lab, Trial, levers

MONTHS, DRIVE = 66, 24
PEAK, LATER = 28, 64
CONTROL, DRIVEN, STAFFED = range(3)


def trial(**parameters: float) -> Trial:
    drive = {
        "school_cost_relief": 1.0,
        "awareness_contacts": (1.0, 1, DRIVE),
        "awareness_strength": (3.0, 1, DRIVE),
    }
    lab = Lab("mali-2", parameters=parameters, zone_data={"school.seat_slack": 2.0})
    paths = levers(MONTHS), levers(MONTHS, **drive), levers(MONTHS, teachers=0.5, **drive)
    return lab.run(*paths, replications=30)


@pytest.fixture(scope="module")
def central() -> Trial:
    return trial()


def newcomers(replication):
    """Children of 6-11 whom the drive brings to school, with extra teachers and without."""
    without, driven, staffed = replication
    came = driven.does(PEAK, AT_SCHOOL) & staffed.does(PEAK, AT_SCHOOL)
    here = without.here(PEAK) & driven.here(LATER)
    return came & here & ~without.does(PEAK, AT_SCHOOL) & driven.aged(PEAK, 6, 11)


def kept(path):
    return lambda replication: (
        replication[path].does(LATER, AT_SCHOOL)[newcomers(replication)].mean()
    )


def test_the_drive_crowds_the_schools(central, say):
    crowd = central.across(
        lambda w: w[DRIVEN].total("pupils")[PEAK] / w[CONTROL].total("pupils")[PEAK]
    )
    say(pupils_per_teacher_against_no_drive=crowd)
    assert crowd.above(1.1)


def test_children_whom_it_brought_leave_again_unless_teachers_come_too(central, say):
    driven, staffed = central.across(kept(DRIVEN)), central.across(kept(STAFFED))
    gap = central.across(lambda w: kept(DRIVEN)(w) - kept(STAFFED)(w))
    say(newcomers=np.mean([newcomers(w).sum() for w in central.replications]))
    say(still_there_three_years_later=driven, with_teachers=staffed, gap=gap)
    assert gap.below()


def test_teachers_make_no_difference_when_crowding_does_not_matter():
    assert trial(crowding=0.0).same(STAFFED, DRIVEN)
