"""Each record of a data set predicted as if the fit had not seen it, without another fit.

Draws of the posterior are weighted by one over the chance that they give to the record, the tail of the weights
smoothed (PSIS; Vehtari, Gelman & Gabry 2017), and drawn anew with those weights. Where Pareto's k is above `K_BAD` the
weights cannot be trusted (Vehtari et al. 2024).

Beside the fit stand two predictors between which it must lie: the prior, which knows nothing of the other records, and
the oracle, which knows the truth of every shared unknown. The CRPS is a proper score (Gneiting & Raftery 2007), so on
average nobody who reads the records only does better than the oracle.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import rivals
from clfz.analysis.calibration.arvized import arviz
from clfz.analysis.calibration.interval import inside
from clfz.analysis.calibration.jaxed import jax, jnp
from clfz.analysis.calibration.likelihood import Scheme, of_countries, of_readings
from clfz.analysis.calibration.predict import BATCH, predict, thin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

USED, DRAWN = 1500, 500  # draws that are weighted, and drawn with the weights
K_BAD = 0.7


def scores(
    scheme: Scheme, z: Floats, data: dict[str, Any], seed: int, truth: Floats
) -> dict[str, Any]:
    """Every record left out: what lies inside its 90 % interval, and the log CRPS of the fit, the prior, the oracle.

    Args:
        scheme: Names and networks.
        z: [n, U] draws of the posterior given all records.
        data: The data set.
        seed: Of all that is drawn.
        truth: [U] with which the data set was made.

    Returns:
        inside, crps, prior, oracle [records, 3]; k [records].
    """
    rng = np.random.default_rng([seed, 11])
    drawn = thin(z, USED)
    log_weight, k = smoothed(chances(scheme, drawn, data))
    before = rng.standard_normal((DRAWN, z.shape[1]))
    nothing = data | {"on": np.zeros_like(data["on"])}
    true = np.broadcast_to(truth, before.shape)
    found: dict[str, list[Any]] = {"inside": [], "crps": [], "prior": [], "oracle": []}
    for record, seen in enumerate(np.asarray(data["counts"], np.float64)):
        chosen = rng.choice(len(drawn), DRAWN, p=np.exp(log_weight[:, record]))
        told = predict(scheme, drawn[chosen], data, record, seed).counts
        prior = predict(scheme, before, nothing, record, seed).counts
        oracle = predict(scheme, true, data, record, seed).counts
        found["inside"].append(inside(told, seen))
        for who, drawn_by in (("crps", told), ("prior", prior), ("oracle", oracle)):
            found[who].append([rivals.log_crps(drawn_by[:, i], seen[i]) for i in range(3)])
    return {name: np.array(each) for name, each in found.items()} | {"k": k}


def smoothed(chance: Floats) -> tuple[Floats, Floats]:
    """Log weights [n, records] that add up to one, and Pareto's k of each record, from log chances [n, records]."""
    log_weight, k = arviz().psislw(-chance.T)
    log_weight = np.asarray(log_weight, np.float64).T
    return log_weight - np.logaddexp.reduce(log_weight, axis=0), np.atleast_1d(np.asarray(k))


def chances(scheme: Scheme, z: Floats, data: dict[str, Any]) -> Floats:
    """Log chance of each record given the shared unknowns and the other records [n, records]."""
    arrays = jax.tree.map(jnp.asarray, data)
    found = _chances(scheme, scheme.density.tree, jnp.asarray(z, jnp.float32), arrays)
    return np.asarray(found, np.float64)


@partial(jax.jit, static_argnums=0)
def _chances(scheme: Scheme, tree: Any, z: Any, data: Any) -> Any:
    on = data["on"]
    less = [on.at[record].set(0.0) for record in range(on.shape[0])]

    def one(z: Any) -> Any:
        each, _ = of_readings(scheme, tree, z, data)

        def total(on: Any) -> Any:
            return sum(jax.nn.logsumexp(ways) for ways in of_countries(scheme, each, on))

        return jnp.stack([total(on) - total(part) for part in less])

    return jax.lax.map(one, z, batch_size=BATCH)
