"""Costs of a programme: what a later month counts.

All amounts are EUR of price year 2015. Costs follow the conventions of CHEERS 2022 and J-PAL: say whose money it is,
whether cash handed to families counts, and at what rate later years are discounted. Budgets of many replications are
made in `clfz.runs.budgets`; what one unit of gain costs is worked out in `clfz.runs.summary`.
"""

from decimal import Decimal, localcontext
from functools import cache

import numpy as np

from clfz.programme.levers import FloatArray


@cache
def discount_factors(months: int, rate: float = 0.03) -> FloatArray:
    """What one euro (or one child-year) of each month is worth in month 1 [months], read-only.

    In decimals, since `np.power` differs in the last bit from processor to processor.

    Args:
        months: Length of the horizon.
        rate: Discount rate per year; month m counts (1 + rate)^(-(m - 1) / 12).
    """
    with localcontext(prec=28):
        year = Decimal(1.0 + rate)
        factors = np.array([float(year ** (Decimal(-since) / 12)) for since in range(months)])
    factors.setflags(write=False)
    return factors
