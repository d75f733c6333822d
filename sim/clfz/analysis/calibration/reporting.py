"""From children that a run counted to what a programme reports: size, reach, counting, noise.

    mean of a count = events x size x exp(reach_level + reach_spread x e) x (1 - missed) x (1 + double) x definition
    count           ~ negative binomial with that mean and coefficient of variation `report_noise` beyond Poisson

e is one standard normal of the zone: a programme that reached more children has more of every count. Size is a draw
from the profile's range. What is counted as protected differs between programmes: definition = exp(protected_level +
protected_spread x another normal) for that count, 1 for the others. A programme that does not count protected children
reports 0 of them. All of this acts after the runs, so it can be drawn anew without running anything: the density is
learned from rows of the table reported so, and data sets with known truth are made so (`data_set`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.table import Table, levels_of
from clfz.analysis.calibration.targets import Targets
from clfz.analysis.calibration.unknowns import Unknowns, own_parameters

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WITHDRAWN, PROTECTED, BRIDGED = range(3)  # the order of clfz.runs.measures.COUNTED
START_OF = {"budhpura": 0, "chipinge": 1}  # which of Table.starts a zone's starting point is
SHIFTS = (-2.2, 2.5)  # logs of factors on all counts that the density has to know
SPREADS = (0.05, 1.5)
HOLDS = 0.9  # of what is predicted, the range of counts


def span(name: str) -> tuple[float, float]:
    """Range of an unknown of `unknowns.yaml`."""
    return next(each.prior.span for each in own_parameters() if each.name == name)


def years(rng: Generator, size: Any) -> NDArray[np.int64]:
    """Year of the programme in which a zone was in the reported year: 0, 1, 2."""
    prior = next(each.prior for each in own_parameters() if each.name == "programme_year")
    low, high = prior.span
    drawn = rng.triangular(low, prior.central, high, size)
    found: NDArray[np.int64] = np.clip(np.rint(drawn), 1, 3).astype(np.int64) - 1
    return found


def noisy(rng: Generator, mean: Floats, noise: Floats) -> Floats:
    """Negative binomial counts of that mean; variance = mean + (noise x mean)^2."""
    size = 1.0 / np.square(noise)
    return rng.poisson(mean * rng.gamma(size, 1.0 / size, np.shape(mean))).astype(np.float64)


def relative_size(rng: Generator, children: Floats) -> Floats:
    """Children against the profile's value, from its range [..., 3]: triangular."""
    low, mode, high = np.moveaxis(children, -1, 0)
    return np.asarray(rng.triangular(low, mode, high) / mode, np.float64)


def report(
    rng: Generator,
    table: Table,
    row: NDArray[np.int64],
    zone: NDArray[np.int64],
    shift: Floats,
    scatter: Floats,
    noise: Floats,
) -> tuple[Floats, Floats]:
    """What single zones report; each has its own size, reach, year and noise.

    Args:
        rng: For all that is drawn.
        table: The runs.
        row: [n] row of the table.
        zone: [n] index of the zone.
        shift: [n, 3] log factors: on all counts, on protected beyond that, on the starting point.
        scatter: [n, 2] scatter of the reach, and of what is counted as protected.
        noise: [n].

    Returns:
        Counts that are reported [n, 3], and the starting point that a survey finds [n].
    """
    n = len(row)
    year = years(rng, n)
    common = np.log(relative_size(rng, table.children[zone])) + scatter[:, 0] * rng.standard_normal(
        n
    )
    logs = np.repeat((common + shift[:, 0])[:, None], 3, axis=1)
    logs[:, PROTECTED] += shift[:, 1] + scatter[:, 1] * rng.standard_normal(n)
    counts = noisy(rng, table.events[zone, row, year] * np.exp(logs), noise[:, None])
    kinds = np.array([START_OF.get(name, 0) for name in table.zones])[zone]
    start = noisy(rng, table.starts[zone, row, kinds] * np.exp(common + shift[:, 2]), noise)
    return counts, start


def shifts(
    unknowns: Unknowns,
    values: Any,
    codes: Sequence[str],
    country: Any,
    size: Any,
    more: Any = 0.0,
    numpy: Any = np,
) -> Any:
    """Log factors [n, 3] of what is reported of places, as `report` takes them.

    Args:
        unknowns: The vector.
        values: [U] of it.
        codes: Countries.
        country: [n] index of each place's.
        size: [n] log of the children of each place against its profile.
        more: Added to it.
        numpy: May be that of JAX.
    """
    missed, double = (
        numpy.stack([values[unknowns.at(f"{name}[{code}]")] for code in codes])
        for name in ("report_missed", "report_double")
    )
    counted = (numpy.log1p(-missed) + numpy.log1p(double))[country]
    size = values[unknowns.at("reach_level")] + size + more
    protected = numpy.full_like(counted, values[unknowns.at("protected_level")])
    start = size + numpy.log(values[unknowns.at("start_found")])
    return numpy.stack([size + counted, protected, start], axis=-1)


def data_set(
    table: Table, unknowns: Unknowns, targets: Targets, at: int, seed: int
) -> tuple[Floats, Targets]:
    """A truth [U] and what the records would then be, with places given to records at random.

    What the runs carry comes from the table; what acts after them is drawn from the prior.

    Args:
        table: Rows that nothing was learned from.
        unknowns: The vector.
        targets: Gives records, places and weights.
        at: Position in the table.
        seed: Of all that is drawn.
    """
    row, records = int(table.row[at]), len(targets.records)
    rng = np.random.default_rng([seed, row, int(table.draw[at])])
    u = rng.random(len(unknowns))
    bridge = unknowns.at("bridge_share")
    levels = np.zeros(len(unknowns))
    levels[bridge] = levels_of(table.seed, row)["bridge_share"]
    u[bridge] = unknowns.shares(levels)[bridge]
    u[[unknowns.at(name) for name in table.names]] = table.u[at]
    values = unknowns.values(u)
    value = dict(zip(unknowns.names, values, strict=True))
    chosen: dict[int, int] = {}
    for code in targets.codes:
        members, ways, weight = targets.matchings(code)
        way = ways[rng.choice(len(ways), p=np.exp(weight))]
        chosen.update(zip(members, way, strict=True))
    places = [targets.readings[chosen[record]] for record in range(records)]
    # a starting point is drawn apart in case no record is given to its place
    first = {each.place: each for each in reversed(targets.readings)}
    places += [first[place] for place in targets.starts]
    zone = np.array([table.zones.index(each.zone) for each in places])
    country = np.array([targets.codes.index(targets.countries[each.record]) for each in places])
    size = np.log([each.size_factor for each in places])
    shift = shifts(unknowns, values, targets.codes, country, size)
    n = len(places)
    scatter = np.tile([value["reach_spread"], value["protected_spread"]], (n, 1))
    noise = np.full(n, value["report_noise"])
    counts, start = report(rng, table, np.full(n, at), zone, shift, scatter, noise)
    counts = counts[:records]
    counts[rng.random(records) >= value["protected_share"], PROTECTED] = 0.0
    found = {each.place: start[k] for k, each in reversed(list(enumerate(places)))}
    return u, targets.with_counts(counts, np.array([found[place] for place in targets.starts]))


def interval(drawn: Any) -> tuple[Floats, Floats]:
    """Low and high end [...] of the range that holds `HOLDS` of drawn counts [n, ...], ends included.

    Tails are equal, unless zero is more likely than a tail: then nothing can be cut off below, and the other tail gets
    all that is cut. Else the range would hold 95 % and be called one of 90 %.
    """
    tail = (1.0 - HOLDS) / 2.0
    drawn = np.asarray(drawn, np.float64)
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
    from_zero = (drawn <= 0.0).mean(axis=0) > tail
    return np.where(from_zero, 0.0, low), np.where(from_zero, np.quantile(drawn, HOLDS, 0), high)


def inside(drawn: Any, seen: Any) -> NDArray[np.bool_]:
    """Whether counts that were seen [...] lie in the range of drawn ones [n, ...]."""
    low, high = interval(drawn)
    found: NDArray[np.bool_] = (seen >= low) & (seen <= high)
    return found
