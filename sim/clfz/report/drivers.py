"""Which assumptions go with the effect of a programme: rank correlation over the draws.

Hundreds of runs in few draws show only strong links, and among many assumptions some look strong by
chance. So a link is named only when its rank correlation (Spearman) is beyond what 95 in 100 random
reshuffles of the draws give for the strongest of all assumptions together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from clfz.report.numbers import HEADLINE, Numbers, Scenario
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

FEWEST_DRAWS = 10
_SHUFFLES = 1000


class Drivers(NamedTuple):
    """What goes with the effect of one plan.

    Attributes:
        varied: how many assumptions differ between the draws.
        found: (words, rank correlation with the effect, positive is better), strongest first.
    """

    varied: int
    found: list[tuple[str, float]]


def drivers(numbers: Numbers, plan: Scenario, most: int = 3) -> Drivers | None:
    """Return what goes with a plan's effect; None with too few draws or an older manifest."""
    import numpy as np

    if numbers.draws < FEWEST_DRAWS:
        return None
    table = assumptions_table(numbers)
    measured = numbers.result.run_measures
    effect = describe(HEADLINE).direction * measured.against(HEADLINE, plan.name)
    ids, place = np.unique(measured.draws, return_inverse=True)
    means = np.bincount(place, weights=effect) / np.bincount(place)
    if table is None or np.ptp(means) == 0:
        return None
    names, values = table
    kept = np.ptp(values, axis=0) > 0
    ranks, target = _standard_ranks(values[:, kept]), _standard_ranks(means)
    links = ranks.T @ target / len(ids)
    generator = np.random.default_rng(0)
    chance = [np.abs(ranks.T @ generator.permutation(target)).max() for _ in range(_SHUFFLES)]
    limit = float(np.quantile(chance, 0.95)) / len(ids)
    words = [name for name, keep in zip(names, kept, strict=True) if keep]
    order = np.argsort(-np.abs(links))[:most]
    strong = [(words[at], float(links[at])) for at in order if abs(links[at]) > limit]
    return Drivers(int(kept.sum()), strong)


def _standard_ranks(values: Array) -> Array:
    """Ranks along the first axis, with mean 0 and variance 1 (SciPy's would take a second to import)."""
    import pandas as pd

    ranks = pd.DataFrame(values).rank().to_numpy()
    standard: Array = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    return standard.reshape(values.shape)


def assumptions_table(numbers: Numbers) -> tuple[list[str], Array] | None:
    """Return the words and the values [draws, assumptions] of parameters and zone inputs.

    A draw is a pure function of the seed and its number, so the manifest is enough to repeat it.
    """
    import numpy as np
    from pydantic import ValidationError

    from clfz.inputs.parameters import Parameter, draw
    from clfz.inputs.zone import Zone
    from clfz.runs.zone_data import zone_values

    told: dict[str, Any] = numbers.manifest
    try:
        parameters = [Parameter.model_validate(entry) for entry in told.get("parameters", ())]
        zone = Zone.model_validate(told.get("zone"))
    except ValidationError:
        return None
    seed, rows = int(told.get("seed", 0)), []
    for index in np.unique(numbers.result.run_measures.draws).tolist():
        drawn = draw(parameters, seed, index, zone=zone.name, country=zone.country)
        rows.append([*drawn.values(), *zone_values(zone, seed, index).values()])
    names = [parameter.meaning.rstrip(".") for parameter in parameters]
    names += [": ".join(path).replace("_", " ") for path in zone_values(zone)]
    return names, np.array(rows, dtype=np.float64)
