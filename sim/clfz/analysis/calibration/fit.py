"""Sampling the posterior of the shared unknowns: NUTS (Hoffman & Gelman 2014) of NumPyro, and what ArviZ says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.arvized import arviz
from clfz.analysis.calibration.jaxed import jax, jnp
from clfz.analysis.calibration.likelihood import Scheme, log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHAINS, WARMUP = 4, 300
BLOCK = 350  # draws of each chain between two looks at the diagnostics
LEAST, MOST = 2, 8  # blocks
R_HAT, EFFECTIVE = 1.01, 400.0
ACCEPT = 0.65  # share of proposals that the size of a step aims at


@dataclass(frozen=True)
class Fit:
    """A posterior.

    Attributes:
        z: [chains, draws, U] normal scores of the prior.
        divergent: Divergent transitions.
        r_hat: Largest of all unknowns (rank-normalised, split; Vehtari et al. 2021).
        effective: Smallest effective sample of all unknowns, of bulk and tail.
    """

    z: Floats
    divergent: int
    r_hat: float
    effective: float

    @property
    def flat(self) -> Floats:
        """[draws of all chains, U]."""
        return self.z.reshape(-1, self.z.shape[-1])

    @property
    def converged(self) -> bool:
        """Whether the bars are met."""
        return self.r_hat <= R_HAT and self.effective >= EFFECTIVE and self.divergent == 0


class Sampler:
    """NUTS, compiled once for many data sets of the same shape.

    One rule for every fit: `LEAST` blocks of draws, then one block more as long as the bars of R-hat and effective
    sample are missed, up to `MOST`. The chains go on from where they stand; no draw after the warm-up is thrown away.
    """

    def __init__(self, scheme: Scheme, block: int = BLOCK, warmup: int = WARMUP) -> None:
        from numpyro.infer.hmc import hmc

        self.scheme = scheme
        size = len(scheme.unknowns)

        def potential(data: Any, tree: Any) -> Any:
            return lambda z: 0.5 * (z * z).sum() - log_likelihood(scheme, tree, z, data)

        first, step = hmc(potential_fn_gen=potential, algo="NUTS")

        def warm(key: Any, data: Any, tree: Any) -> Any:
            place, go = jax.random.split(key)
            z = jax.random.uniform(place, (size,), minval=-0.5, maxval=0.5)
            state = first(z, warmup, target_accept_prob=ACCEPT, model_args=(data, tree), rng_key=go)
            return jax.lax.fori_loop(0, warmup, lambda _, at: step(at, (data, tree)), state)

        def draw(state: Any, data: Any, tree: Any) -> Any:
            def one(at: Any, _: Any) -> Any:
                at = step(at, (data, tree))
                return at, (at.z, at.diverging)

            return jax.lax.scan(one, state, length=block)

        self._warm = jax.jit(jax.vmap(warm, (0, None, None)))
        self._draw = jax.jit(jax.vmap(draw, (0, None, None)))

    def fit(self, data: dict[str, Any], seed: int, least: int = LEAST, most: int = MOST) -> Fit:
        """The posterior of a data set."""
        given = (jax.tree.map(jnp.asarray, data), self.scheme.density.tree)
        state = self._warm(jax.random.split(jax.random.PRNGKey(seed), CHAINS), *given)
        blocks: list[Floats] = []
        lost = 0
        while True:
            state, (z, diverging) = self._draw(state, *given)
            blocks.append(np.asarray(z, np.float64))
            lost += int(np.asarray(diverging).sum())
            if len(blocks) < least:
                continue
            drawn = np.concatenate(blocks, axis=1)
            fit = Fit(drawn, lost, *diagnose(drawn))
            if len(blocks) >= most or (fit.r_hat <= R_HAT and fit.effective >= EFFECTIVE):
                return fit


def diagnose(z: Floats) -> tuple[float, float]:
    """Largest R-hat and smallest effective sample (bulk or tail) of draws [chains, draws, U]."""
    found = arviz().convert_to_dataset(z)
    bulk = float(arviz().ess(found, method="bulk").to_array().min())
    tail = float(arviz().ess(found, method="tail").to_array().min())
    return float(arviz().rhat(found).to_array().max()), min(bulk, tail)
