"""A zone as a Mesa model: `mesa.batch_run` over programmes and seeds, with Mesa's own data collector.

python experiments/examples/mesa_batch.py
"""

import sys

import mesa
import pandas as pd
from clfz import ZoneModel


def main(months: int = 24) -> pd.DataFrame:
    """Run three seeds with and without a programme, and return the last month of each."""
    found = mesa.batch_run(
        ZoneModel,
        parameters={"programme": ["none", "area-based"], "seed": [1, 2, 3], "months": months},
        data_collection_period=-1,  # the last month only
        number_processes=1,
        display_progress=False,
    )
    table = pd.DataFrame(found)
    print(table.pivot(index="seed", columns="programme", values="child_labour_rate").round(3))
    return table


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
