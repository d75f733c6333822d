"""Two programmes on the same people and the same random draws: what each changes, in a table and a picture.

python experiments/examples/compare_two_programmes.py
"""

import sys

from clfz import compare, load_comparison
from matplotlib.figure import Figure


def main(replicates: int = 10, picture: str = "child_labour.png") -> None:
    """Run both programmes beside no programme and draw child labour by month."""
    question = load_comparison("quick").model_copy(
        update={"programmes": ("none", "bridge-schools", "cash-transfer")}
    )
    result = compare(question, draws=1, replicates=replicates)

    rows = result.summary
    gained = rows[rows["measure"] == "child_years_in_school_gained"]
    print(gained[["scenario", "mean", "lower", "upper"]].to_string(index=False))

    every = result.indicators
    rate = every[
        (every["indicator"] == "child_labour_rate")
        & (every["sex"] == "all")
        & (every["age_band"] == "5-17")
    ]
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for scenario, part in rate.groupby("scenario", observed=True):
        axes.plot(part.groupby("month")["value"].mean() * 100, label=scenario)
    axes.set(xlabel="month", ylabel="children in child labour, in 100", ylim=(0, None))
    axes.legend()
    figure.savefig(picture)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
