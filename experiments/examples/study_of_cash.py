"""A study: how the effect of a cash transfer grows with its amount. Killed and started again, it goes on.

python experiments/examples/study_of_cash.py
"""

import sys
from pathlib import Path

import pandas as pd
from clfz import make_study, run_study


def main(replicates: int = 8, folder: str = "results/study-of-cash") -> pd.DataFrame:
    """Vary the amount, and return what was gained by amount."""
    amounts = pd.DataFrame({"cash_transfer.amount_eur": [2.0, 5.0, 10.0, 20.0]})
    study = make_study(
        "study-of-cash",
        zones="budhpura",
        programmes=["none", "cash-transfer"],
        points=amounts,
        replicates=replicates,
        measures=["child_years_in_school_gained", "cost_spent"],
    )
    done = run_study(study, Path(folder))
    runs = done.joined()
    with_cash = runs[runs["scenario"] == "cash-transfer"]
    by_amount = with_cash.groupby("cash_transfer.amount_eur")[list(study.measures)].mean()
    print(by_amount.round(1).to_string())
    return by_amount


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
