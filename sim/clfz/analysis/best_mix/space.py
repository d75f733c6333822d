"""What can be bought: the parts of programmes at any intensity, and how a split of the money becomes a mix.

A mix gives each part an intensity, 0 for without it. Nearly all of the money is spent in a good mix, so the search does
not look at intensities but at how the money is split. A part costs something however small it is, and then more with
its size; what it costs alone at some sizes (`Prices`) turns its share into an intensity. A part whose share does not
pay for its smallest size is left out and its money goes to the others. What a mix really costs is then counted in the
runs, where parts meet: the prices only steer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.folder import wrong
from clfz.inputs import load_programme
from clfz.inputs.programme import Programme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.programme.interventions.base import Intervention

    Floats = NDArray[np.float64]

PROGRAMMES = ("area-based", "cash-transfer")
"""Where the parts come from, when nobody says otherwise: every kind of intervention that ships."""
TOP = 2.0
SIZES = (0.05, 0.2, 0.5, 1.0, 2.0)
"""Intensities at which each part is priced alone."""

Mix = tuple[float, ...]
"""Intensity of each part."""


@dataclass(frozen=True)
class Parts:
    """What a mix can be made of.

    Attributes:
        items: One of each kind, as its programme has it.
    """

    items: tuple[Intervention, ...]

    @classmethod
    def of(cls, programmes: Iterable[str] = PROGRAMMES, months: int = 360) -> Parts:
        """Parts of some programmes that begin within some months; of two of one kind the first is taken.

        Raises:
            InputError: A programme that does not exist, or none with a part.
        """
        found: dict[str, Intervention] = {}
        for name in programmes:
            for item in load_programme(name).interventions:
                if item.start_month <= months:
                    found.setdefault(item.kind, item)
        if not found:
            raise wrong(
                f"these programmes have no interventions within {months} months to choose from."
            )
        return cls(tuple(found.values()))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kind of each part."""
        return tuple(item.kind for item in self.items)

    @property
    def titles(self) -> tuple[str, ...]:
        """Words for each part."""
        return tuple(item.title for item in self.items)

    def programme(self, mix: Mix) -> Programme:
        """A mix as a programme that any run understands."""
        chosen = [
            type(item).model_validate({**item.as_block(), "intensity": size})
            for item, size in zip(self.items, mix, strict=True)
            if size > 0
        ]
        told = ", ".join(f"{item.kind} {item.intensity:g}" for item in chosen) or "nothing"
        return Programme.model_validate(
            {
                "name": name_of(mix),
                "title": f"Mix {name_of(mix)[4:10]}",
                "summary": f"Parts and their intensities: {told}.",
                "interventions": [item.as_block() for item in chosen],
            }
        )


def name_of(mix: Mix) -> str:
    """A name that the same mix always has."""
    text = ",".join(f"{size:.3f}" for size in mix)
    return f"mix-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def rounded(sizes: Iterable[float]) -> Mix:
    """A mix with three decimals, so that equal mixes are equal."""
    return tuple(round(float(size), 3) + 0.0 for size in sizes)


@dataclass(frozen=True)
class Prices:
    """What each part costs alone.

    Attributes:
        sizes: [k] intensities, smallest first.
        costs: [parts, k] EUR, never falling.
    """

    sizes: Floats
    costs: Floats

    @property
    def least(self) -> Floats:
        """[parts] what the smallest size costs."""
        return np.asarray(self.costs[:, 0], np.float64)

    def cost(self, mix: Mix) -> Floats:
        """[parts] about what each part of a mix costs."""
        costs = [
            np.interp(size, self.sizes, own) for size, own in zip(mix, self.costs, strict=True)
        ]
        return np.where(np.array(mix) > 0, costs, 0.0)


def spend(weights: Sequence[float] | Floats, money: float, prices: Prices) -> Mix:
    """The mix that a split of the money buys.

    Args:
        weights: One a part; 0 or less leaves it out.
        money: EUR.
        prices: What parts cost.
    """
    weight = np.maximum(0.0, np.asarray(weights, np.float64))
    least, most = prices.least, prices.costs[:, -1]
    on = weight > 0
    while on.any():  # leave out what cannot pay for its smallest size, the poorest first
        given = np.where(on, weight / weight[on].sum() * money, np.inf)
        short = given / least
        if least[on].sum() <= money and short.min() >= 1.0:
            break
        on[int(np.argmin(short))] = False
    if not on.any():
        return rounded(np.zeros(len(weight)))
    paid, rest, open_ = np.where(on, least, 0.0), money - least[on].sum(), on.copy()
    while (
        open_.any() and rest > 1e-9
    ):  # what is over goes by weight; what a full part cannot use, to the others
        more = np.where(open_, weight, 0.0) / weight[open_].sum() * rest
        room = most - paid
        full = open_ & (more >= room)
        if not full.any():
            paid += more
            break
        paid[full], open_ = most[full], open_ & ~full
        rest = money - paid.sum()
    return rounded(
        np.interp(paid[k], prices.costs[k], prices.sizes) if on[k] else 0.0
        for k in range(len(weight))
    )
