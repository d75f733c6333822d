"""A starting point left out: what its survey would find, by all other data, its own place's record among them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.jaxed import jax, jnp
from clfz.analysis.calibration.likelihood import Scheme, of_countries, of_readings
from clfz.analysis.calibration.predict import BATCH, start_draws, thin
from clfz.analysis.calibration.unseen import smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def start_left_out(
    scheme: Scheme, z: Floats, data: dict[str, Any], place: str, seed: int
) -> tuple[Floats, float]:
    """What a survey at the start would find in a place [n], and Pareto's k of the weights.

    The place's record shares its size and its reach with the survey. So each draw of the survey, made from the shared
    unknowns alone, is weighted by what the records' chance gains when the survey is known.

    Args:
        scheme: Names and networks.
        z: [n, U] draws of a fit that did not see the starting point.
        data: The data set, that starting point off.
        place: Where.
        seed: Of all that is drawn.
    """
    drawn = start_draws(scheme, z, place, seed)
    arrays = jax.tree.map(jnp.asarray, data)
    slot = list(scheme.targets.starts).index(place)
    used = jnp.asarray(thin(z), jnp.float32)
    gain = _gains(scheme, scheme.density.tree, used, jnp.asarray(drawn, jnp.float32), arrays, slot)
    log_weight, k = smoothed(-np.asarray(gain, np.float64)[:, None])
    weight = np.exp(log_weight[:, 0])
    chosen = np.random.default_rng([seed, 13]).choice(
        len(drawn), len(drawn), p=weight / weight.sum()
    )
    return drawn[chosen], float(k[0])


@partial(jax.jit, static_argnums=0)
def _gains(scheme: Scheme, tree: Any, z: Any, starts: Any, data: Any, slot: Any) -> Any:
    """Log chance of the records with the starting point known, less that without it [n]."""

    def one(arg: tuple[Any, Any]) -> Any:
        z, start = arg

        def records(data: Any) -> Any:
            each, _ = of_readings(scheme, tree, z, data)
            return sum(jax.nn.logsumexp(ways) for ways in of_countries(scheme, each, data["on"]))

        known = data | {
            "start": data["start"].at[slot].set(start),
            "start_on": data["start_on"].at[slot].set(1.0),
        }
        return records(known) - records(data)

    return jax.lax.map(one, (z, starts), batch_size=BATCH)
