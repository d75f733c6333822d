"""The zone test: is every child of 5 to 14 in full-time school? When, in how many runs, how near?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clfz.report.numbers import Numbers, Scenario
from clfz.report.rounding import number
from clfz.runs.indicators import ZoneTest
from clfz.runs.summary import HIGH, LOW

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

BAND = "5-14"
# Indicator, words for a figure.
ASKED = (
    ("out_of_school_rate", "out of school"),
    ("child_labour_rate", "in child labour"),
)


def zone_test(numbers: Numbers) -> ZoneTest:
    """Return when a zone counts as free of child labour."""
    return ZoneTest(**numbers.manifest.get("zone_test", {}))


def asked_words(numbers: Numbers) -> str:
    """Say what the zone test asks, in one sentence."""
    test = zone_test(numbers)
    out, labour = number(100 * test.out_of_school, 1), number(100 * test.child_labour, 1)
    return (
        f"The test: for {test.months} months in a row at most {out} in 100 children of 5 to 14 are "
        f"out of school, and at most {labour} in 100 are in child labour."
    )


def _passes(numbers: Numbers) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return (months, passes [scenarios, worlds, months])."""
    import numpy as np

    test = zone_test(numbers)
    months, out = numbers.series(ASKED[0][0], "all", BAND)
    _, labour = numbers.series(ASKED[1][0], "all", BAND)
    good = (out <= test.out_of_school) & (labour <= test.child_labour)
    # Month 0 stands for the time before; a year in a row is counted from month 1 on.
    good[:, :, 0] = False
    total = np.cumsum(good, axis=2, dtype=np.int64)
    before = np.zeros_like(total)
    before[:, :, test.months :] = total[:, :, : -test.months]
    return months, (total - before) >= test.months


def zone_status(numbers: Numbers) -> pd.DataFrame:
    """Return scenario, month, share of worlds that pass the zone test, share that ever did."""
    import numpy as np
    import pandas as pd

    months, passes = _passes(numbers)
    names = numbers.result.worlds.scenarios
    return pd.DataFrame(
        {
            "scenario": np.repeat(np.array(names, dtype=object), len(months)),
            "month": np.tile(months, len(names)),
            "passes": passes.mean(axis=1).reshape(-1),
            "ever": np.maximum.accumulate(passes, axis=2).mean(axis=1).reshape(-1),
        }
    )


def possible(numbers: Numbers) -> bool:
    """Whether the horizon is long enough for the test to be passed at all."""
    last = numbers.end + int(numbers.manifest.get("after_months", 0))
    return last >= zone_test(numbers).months


def passing(numbers: Numbers) -> dict[str, int]:
    """Return for each scenario in how many runs the zone passes the test at any time."""
    _, passes = _passes(numbers)
    ever = passes.any(axis=2).sum(axis=1)
    return dict(zip(numbers.result.worlds.scenarios, map(int, ever), strict=True))


def nearness(numbers: Numbers) -> pd.DataFrame:
    """Return scenario, indicator, limit, mean, lower, upper: shares at 5-14 at the programme's end.

    Both are what the test asks for; `limit` is the largest share that passes.
    """
    import numpy as np
    import pandas as pd

    test = zone_test(numbers)
    keys = (key for key, _ in ASKED)
    limits = dict(zip(keys, (test.out_of_school, test.child_labour), strict=True))
    rows = []
    for indicator, limit in limits.items():
        months, block = numbers.series(indicator, "all", BAND)
        last = int(np.flatnonzero(months <= numbers.end)[-1])
        for at, name in enumerate(numbers.result.worlds.scenarios):
            values = block[at, :, last]
            low, high = np.quantile(values, [LOW, HIGH])
            rows.append((name, indicator, limit, values.mean(), low, high))
    columns = ["scenario", "indicator", "limit", "mean", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)


def nearest(numbers: Numbers) -> Scenario | None:
    """Return the plan that leaves fewest children of 5 to 14 out of full-time school, on average."""
    measure = "full_time_school_rate@end"
    if not numbers.plans or not numbers.has(measure):
        return None
    return max(numbers.plans, key=lambda plan: float(numbers.row(measure, plan.name)["mean"]))
