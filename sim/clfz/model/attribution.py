"""Child by child against the paired run without programme: what changed, and what would have happened anyway.

Every child present during the programme falls into one class, so the classes add up.
"""

import numpy as np

from clfz.model.compiling import kernel
from clfz.model.layout import ENTRY_MONTHS, EXIT_MONTHS

CLASSES = (
    "changed",
    "deadweight",
    "displaced",
    "relapsed",
    "spill_over",
    "work_moved_in",
    "lost_school",
    "unaffected",
)
CHANGED, DEADWEIGHT, DISPLACED, RELAPSED, SPILL_OVER, WORK_MOVED_IN, LOST_SCHOOL, UNAFFECTED = (
    range(8)
)
FOLLOW_UP = 12  # months after being counted


@kernel
def attribute(history, without, birth, counted, programme_months, classes):
    """Put every child into one class.

    Counted children are looked at a year after they were counted (or in their last month in the zone): out of school
    again is *relapsed*; at school but working in another place than the month before they were counted is *displaced*;
    at school without the programme too is *deadweight*; the rest is *changed*. Children who were never counted are
    looked at when the programme ends: at school only thanks to it is *spill-over*, at work only because of it is
    *work moved in*, out of school only because of it is *lost school*.

    Args:
        history: [M + 1, N] codes of `books.code` with the programme.
        without: The same without it, same people and random draws.
        birth: [N] month of birth.
        counted: [N] month in which the programme first counted a child, 0 if never.
        programme_months: Last month of the programme.
        classes: [8] int64, written.
    """
    months = history.shape[0] - 1
    classes[:] = 0
    for i in range(np.uintp(counted.size)):
        m = np.int64(counted[i])
        if m > programme_months:
            m = 0  # who comes back after the programme is on nobody's list
        look = min(m + FOLLOW_UP, months) if m > 0 else min(programme_months, months)
        first = m if m > 0 else 1
        # the months before and after it is of age need no look
        look = min(look, np.int64(birth[i]) + EXIT_MONTHS - 1)
        first = max(first, np.int64(birth[i]) + ENTRY_MONTHS)
        while look >= first and history[look, i] == 0:
            look -= 1
        if look < first:
            continue
        activity, place = history[look, i] & 3, (history[look, i] >> 2) & 7
        other = without[look, i] & 3
        school, school_without = activity <= 1, other <= 1
        if m > 0:
            before = (history[m - 1, i] >> 2) & 7
            if not school:
                classes[RELAPSED] += 1
            elif place != 0 and before != 0 and place != before:
                classes[DISPLACED] += 1
            elif school_without:
                classes[DEADWEIGHT] += 1
            else:
                classes[CHANGED] += 1
        elif school and not school_without:
            classes[SPILL_OVER] += 1
        elif (activity == 1 or activity == 2) and not (other == 1 or other == 2):
            classes[WORK_MOVED_IN] += 1
        elif school_without and not school:
            classes[LOST_SCHOOL] += 1
        else:
            classes[UNAFFECTED] += 1
