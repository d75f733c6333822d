"""Months, school years and ages (ODD 7.0). Month 1 is the first month of a run; month 0 is the state before it."""

from clfz.model.compiling import rule
from clfz.model.layout import FIRST_AGE, LAST_AGE


@rule
def calendar_month(month, start_month):
    """Calendar month 1-12 of a month of the run."""
    return (start_month - 2 + month) % 12 + 1


@rule
def school_year(month, start_month, school_start):
    """Month of the last school start at or before `month`; may be 0 or negative."""
    return month - (calendar_month(month, start_month) - school_start) % 12


@rule
def year_of_life(reference, birth):
    """School years since birth: what names a child's taste shocks, so that a look back within a year finds the same.

    Months `reference - birth + 6` divided by 12 and rounded down; multiplied and shifted, because a division takes
    ten times as long. Exact from -1200 to 40 000 months.
    """
    return ((reference - birth + 1206) * 43691 >> 19) - 100


@rule
def class_age(reference, birth):
    """Age in years that decides a child's class and its choices through a school year, held within 5..17."""
    return min(max(year_of_life(reference, birth), FIRST_AGE), LAST_AGE)


@rule
def band(age_months):
    """0: 5-11, 1: 12-14, 2: 15-17 years completed."""
    return (age_months >= 144) + (age_months >= 180)


@rule
def right_grade(age, entry_age):
    """The grade of a child that entered in time and was promoted every year."""
    return max(0, age - entry_age)
