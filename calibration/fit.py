"""Sampling the posterior of the shared unknowns: NUTS (Hoffman & Gelman 2014) of NumPyro, and what ArviZ says of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from calibration.arvized import arviz
from calibration.jaxed import jax, jnp
from calibration.likelihood import Scheme, log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHAINS, WARMUP, DRAWS = 4, 300, 700
R_HAT, EFFECTIVE = 1.01, 400.0


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
    """NUTS, compiled once for many data sets of the same shape."""

    def __init__(self, scheme: Scheme, draws: int = DRAWS, warmup: int = WARMUP) -> None:
        import numpyro
        from numpyro.infer import MCMC, NUTS

        self.scheme = scheme
        size = len(scheme.unknowns)

        def model(data: Any, tree: Any) -> None:
            z = numpyro.sample(
                "z", numpyro.distributions.Normal(0.0, 1.0).expand([size]).to_event(1)
            )
            numpyro.factor("records", log_likelihood(scheme, tree, z, data))

        kernel = NUTS(
            model,
            target_accept_prob=0.65,
            init_strategy=partial(numpyro.infer.init_to_uniform, radius=0.5),
        )
        self.mcmc = MCMC(
            kernel,
            num_warmup=warmup,
            num_samples=draws,
            num_chains=CHAINS,
            chain_method="vectorized",
            progress_bar=False,
            jit_model_args=True,
        )

    def fit(self, data: dict[str, Any], seed: int) -> Fit:
        """The posterior of a data set."""
        key = jax.random.PRNGKey(seed)
        data = jax.tree.map(jnp.asarray, data)
        self.mcmc.run(key, data, self.scheme.density.tree, extra_fields=("diverging",))
        z = np.asarray(self.mcmc.get_samples(group_by_chain=True)["z"], np.float64)
        lost = int(np.asarray(self.mcmc.get_extra_fields()["diverging"]).sum())
        return Fit(z, lost, *diagnose(z))


def diagnose(z: Floats) -> tuple[float, float]:
    """Largest R-hat and smallest effective sample (bulk or tail) of draws [chains, draws, U]."""
    found = arviz().convert_to_dataset(z)
    bulk = float(arviz().ess(found, method="bulk").to_array().min())
    tail = float(arviz().ess(found, method="tail").to_array().min())
    return float(arviz().rhat(found).to_array().max()), min(bulk, tail)
