"""Everything that a calibration learns about, as one vector.

Names are those of `priors.yaml` and `unknowns.yaml`; a parameter of scope country stands once for each country, as
`report_missed[MLI]`. Each has three scales: its value; u, the share of its prior below it (0-1); and z, the normal
score of u, in which the prior is a standard normal and in which is sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs import find
from clfz.inputs.parameters import Parameter, load_parameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

OWN = find.calibration_folder() / "unknowns.yaml"
SIMULATED = ("visits_level", "visits_spread", "seats_level", "seats_spread")
"""Unknowns about programmes that the runs themselves carry."""


@dataclass(frozen=True)
class Unknowns:
    """The vector.

    Attributes:
        model: Shared parameters of the model that are not fixed.
        own: Shared unknowns of programmes and counting.
        country: Parameters of scope country.
        countries: In order.
    """

    model: tuple[Parameter, ...]
    own: tuple[Parameter, ...]
    country: tuple[Parameter, ...]
    countries: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of each element."""
        shared = [each.name for each in (*self.model, *self.own)]
        return (*shared, *(f"{p.name}[{c}]" for p in self.country for c in self.countries))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Parameter of each element."""
        return (*self.model, *self.own, *(p for p in self.country for _ in self.countries))

    @cached_property
    def simulated(self) -> tuple[str, ...]:
        """Names of what the runs carry, which the density knows; the rest acts after them."""
        return tuple(each.name for each in self.model) + SIMULATED

    def at(self, name: str) -> int:
        """Position of an element."""
        return self.names.index(name)

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def bounds(self) -> tuple[Floats, Floats, Floats]:
        """Low, most likely, high; for a uniform prior the middle stands for the most likely (see `flat`)."""
        spans = np.array([[*p.prior.span, p.prior.central] for p in self.parameters])
        return spans[:, 0], spans[:, 2], spans[:, 1]

    @cached_property
    def flat(self) -> NDArray[np.bool_]:
        """Which priors are uniform."""
        return np.array([p.prior.kind == "uniform" for p in self.parameters])

    def values(self, u: Any, numpy: Any = np) -> Any:
        """Values of shares u [..., n]; `numpy` may be that of JAX."""
        low, mode, high = map(numpy.asarray, self.bounds)
        turn = (mode - low) / (high - low)
        rising = low + numpy.sqrt(u * (high - low) * (mode - low))
        falling = high - numpy.sqrt((1.0 - u) * (high - low) * (high - mode))
        bent = numpy.where(u < turn, rising, falling)
        return numpy.where(self.flat, low + (high - low) * u, bent)

    def shares(self, values: Floats) -> Floats:
        """Shares u of values [..., n]."""
        low, mode, high = self.bounds
        width = high - low
        with np.errstate(divide="ignore", invalid="ignore"):
            rising = (values - low) ** 2 / (width * (mode - low))
            falling = 1.0 - (high - values) ** 2 / (width * (high - mode))
        bent = np.where(values < mode, rising, falling)
        return np.clip(np.where(self.flat, (values - low) / width, bent), 0.0, 1.0)


def load_unknowns(countries: Sequence[str]) -> Unknowns:
    """The vector for records of these countries."""
    model = [each for each in load_parameters() if each.prior.kind != "fixed"]
    return Unknowns(
        model=tuple(each for each in model if each.scope == "shared"),
        own=tuple(each for each in own_parameters() if each.scope == "shared"),
        country=tuple(each for each in model if each.scope == "country"),
        countries=tuple(countries),
    )


@cache
def own_parameters() -> tuple[Parameter, ...]:
    """The list in `unknowns.yaml`, read once: every row of the table asks for it."""
    return load_parameters(OWN)
