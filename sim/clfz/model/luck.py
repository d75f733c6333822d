"""The noise in a child's choices (ODD 7.5): drawn when it decides, or beforehand for all scenarios of a world.

It belongs to the child's school year, not to the month or the scenario: who looks again at unchanged circumstances
decides the same, so that being asked is no effect in itself. Scenarios that are compared meet the same luck, so it is
drawn once for them, where there is room to keep it.
"""

import numpy as np

from clfz.model.calendar import school_year, year_of_life
from clfz.model.choice import gumbel
from clfz.model.compiling import in_place, inner, lanes, part, rule
from clfz.model.layout import BLOCK, ENTRY_MONTHS, EXIT_MONTHS, NO_LUCK, Scratch
from clfz.model.random import DECIDE, uniform, words

MOST_BYTES = 64_000_000  # of luck that is kept; in larger zones it is drawn again in each scenario


@part
def draw_luck(seed, size, x):
    """Gumbel noise of the four activities in the school years of a block of children."""
    for k in range(size):
        w0, w1, w2, w3 = words(seed, x.key[k], x.year[k], DECIDE)
        x.luck0[k] = uniform(w0)
        x.luck1[k] = uniform(w1)
        x.luck2[k] = uniform(w2)
        x.luck3[k] = uniform(w3)
    for k in range(size):
        x.luck0[k] = gumbel(x.luck0[k])
        x.luck1[k] = gumbel(x.luck1[k])
        x.luck2[k] = gumbel(x.luck2[k])
        x.luck3[k] = gumbel(x.luck3[k])


@part
def recall_luck(luck, rows, size, x):
    """The same from what was drawn for a school year, `luck` [N, 4]."""
    for k in range(size):
        noise = luck[np.uintp(rows[k])]
        x.luck0[k] = noise[0]
        x.luck1[k] = noise[1]
        x.luck2[k] = noise[2]
        x.luck3[k] = noise[3]


@rule
def school_years(z, month):
    """School years that began since that of month 1 and up to a month: the row of `luck`."""
    return (month - school_year(1, z.start_month, z.school_start)) // 12


@inner
def luck_for(s, z, scratch):
    """Luck of all school years of a run [years, N, 4], where a child is of age; of shape `NO_LUCK` if too much."""
    first = school_year(1, z.start_month, z.school_start)
    years = school_years(z, s.months) + 1
    if 16 * years * s.key.size > MOST_BYTES:
        return np.empty(NO_LUCK, np.float32)
    luck = np.empty((years, s.key.size, 4), np.float32)
    for y in range(years):
        draw_year(s, first + 12 * y, scratch.children[0], luck[y])
    return luck


@in_place
def draw_year(s, reference, x, luck):
    """Luck [N, 4] of who is of age at some time in the school year that begins in month `reference`."""
    for low in range(0, s.key.size, BLOCK):
        size = 0
        for i in range(low, min(low + BLOCK, s.key.size)):
            # written whether it counts or not: no branch
            x.row[size] = i
            youngest = reference - np.int64(s.birth[i])
            size += (youngest + 11 >= ENTRY_MONTHS) & (youngest < EXIT_MONTHS)
        for k in range(size):
            i = np.uintp(x.row[k])
            x.key[k] = s.key[i]
            x.year[k] = year_of_life(reference, np.int64(s.birth[i]))
        draw_luck(s.seed, lanes(size), x)
        for k in range(size):
            noise = luck[np.uintp(x.row[k])]
            noise[0], noise[1], noise[2], noise[3] = x.luck0[k], x.luck1[k], x.luck2[k], x.luck3[k]


@inner
def with_luck(scratch, s, z):
    """Scratch with the luck of a world in it."""
    return Scratch(*scratch[:-1], luck_for(s, z, scratch))
