"""The likelihood of all records given the shared unknowns, and its posterior by NUTS (Hoffman & Gelman 2014).

Zones are independent given the shared unknowns. Within a country the likelihood is the mean over the ways to give its
records to places. Leaving a record or a starting point out drops its factor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import density as net
from clfz.analysis.calibration.density import jax, jnp
from clfz.analysis.calibration.posterior import arviz
from clfz.analysis.calibration.reporting import BRIDGED, PROTECTED, WITHDRAWN
from clfz.analysis.calibration.targets import Targets
from clfz.analysis.calibration.unknowns import Unknowns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHAINS, WARMUP = 4, 300
BLOCK = 350  # draws of each chain between two looks at the diagnostics
LEAST, MOST = 2, 8  # blocks
R_HAT, EFFECTIVE = 1.01, 400.0
ACCEPT = 0.65  # share of proposals that the size of a step aims at


@dataclass(frozen=True, eq=False)
class Scheme:
    """What does not change from data set to data set: names, places, ways. Hashed by identity.

    Attributes:
        unknowns: The vector.
        targets: Gives readings and ways; its counts are not read here.
        density: Learned.
    """

    unknowns: Unknowns
    targets: Targets
    density: net.Density
    parts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.density.zones
        readings = self.targets.readings
        starts = list(self.targets.starts)
        self.parts.update(
            zone=np.array([names.index(r.zone) for r in readings], np.int32),
            record=np.array([r.record for r in readings], np.int32),
            size=np.log([r.size_factor for r in readings]).astype(np.float32),
            start=np.array([starts.index(r.place) if r.place in starts else -1 for r in readings]),
            country=np.array(
                [self.targets.codes.index(self.targets.countries[r.record]) for r in readings]
            ),
            columns=np.array([self.unknowns.at(name) for name in self.density.names]),
            start_reading=np.array(
                [next(k for k, r in enumerate(readings) if r.place == place) for place in starts],
                int,
            ),
        )

    @property
    def ways(self) -> list[tuple[list[int], Any, Any]]:
        """For each country: records, readings of each way, log prior weight of each way."""
        found = [self.targets.matchings(code) for code in self.targets.codes]
        return [(members, np.array(ways), np.array(weight)) for members, ways, weight in found]

    def data(
        self,
        targets: Targets,
        without: tuple[str, ...] = (),
        without_start: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """A data set as arrays, with some records (by name) and starting points (by place) left out."""
        return {
            "counts": np.asarray(targets.counts, np.float32),
            "on": np.array([name not in without for name in targets.records], np.float32),
            "start": np.array([value for _, value in targets.starts.values()], np.float32),
            "start_on": np.array(
                [place not in without_start for place in targets.starts], np.float32
            ),
        }


def shares(z: Any) -> Any:
    """Normal scores -> shares of the prior."""
    return jnp.clip(jax.scipy.stats.norm.cdf(z), 1e-6, 1.0 - 1e-6)


def setting(scheme: Scheme, z: Any, reading: Any, more: Any = 0.0, wider: Any = 0.0) -> Any:
    """What the density reads for each reading: (unknowns, inputs, shift [n, 3], zone, chances).

    Args:
        scheme: Names and networks.
        z: [U] normal scores.
        reading: [n] indices of readings.
        more: Added to the log size of the place.
        wider: Standard deviation of the log size beyond the profile's range.
    """
    at, parts = scheme.unknowns.at, scheme.parts
    u = shares(z)
    v = scheme.unknowns.values(u, jnp)
    codes = scheme.targets.codes
    missed = jnp.stack([v[at(f"report_missed[{code}]")] for code in codes])
    double = jnp.stack([v[at(f"report_double[{code}]")] for code in codes])
    counted = (jnp.log1p(-missed) + jnp.log1p(double))[parts["country"]][reading]
    size = v[at("reach_level")] + jnp.asarray(parts["size"])[reading] + more
    shift = jnp.stack(
        [
            size + counted,
            jnp.full_like(counted, v[at("protected_level")]),
            size + jnp.log(v[at("start_found")]),
        ],
        axis=-1,
    )
    n = counted.shape[0]
    reach = jnp.sqrt(v[at("reach_spread")] ** 2 + wider**2)
    scatter = jnp.broadcast_to(jnp.stack([reach, v[at("protected_spread")]]), (n, 2))
    noise = jnp.full(n, v[at("report_noise")])
    zone = jnp.asarray(parts["zone"])[reading]
    zones = len(scheme.density.zones)
    base = net.base_inputs(zone, shift, scatter, noise, zones)
    return (
        u[parts["columns"]][None],
        base,
        shift,
        zone,
        (v[at("bridge_share")], v[at("protected_share")]),
    )


def of_readings(
    scheme: Scheme, tree: Any, z: Any, data: Any, more: Any = 0.0, wider: Any = 0.0
) -> tuple[Any, Any]:
    """Log likelihood of each record at each of its places [readings], and of each place's start [readings]."""
    parts = scheme.parts
    reading = np.arange(len(parts["zone"]))
    u, base, shift, zone, (has_bridge, counts_protected) = setting(scheme, z, reading, more, wider)
    counts = data["counts"][parts["record"]]
    slot = np.maximum(parts["start"], 0)
    start = data["start"][slot]
    known = jnp.where(parts["start"] >= 0, data["start_on"][slot], 0.0)
    every = jnp.stack(
        [start, counts[:, WITHDRAWN], counts[:, BRIDGED], counts[:, PROTECTED]], axis=-1
    )
    ones = jnp.ones_like(known)
    yes = net.factors(tree, u, base, every, shift, zone, known, ones)
    no = net.factors(tree, u, base, every, shift, zone, known, 0.0 * ones)

    def protected(part: Any) -> Any:
        nothing = jnp.where(counts[:, PROTECTED] > 0, -jnp.inf, jnp.log1p(-counts_protected))
        return jnp.logaddexp(jnp.log(counts_protected) + part[:, net.P], nothing)

    with_bridge = jnp.log(has_bridge) + yes[:, net.W] + yes[:, net.B] + protected(yes)
    without = jnp.log1p(-has_bridge) + no[:, net.W] + protected(no)
    without = jnp.where(counts[:, BRIDGED] > 0, -jnp.inf, without)
    return jnp.logaddexp(with_bridge, without), yes[:, net.START]


def of_countries(scheme: Scheme, each: Any, on: Any) -> list[Any]:
    """Log weight of every way of each country [ways], the records that are on counted in."""
    found = []
    for members, ways, prior in scheme.ways:
        use = on[jnp.array(members)]
        found.append(jnp.where(use > 0, each[ways], 0.0).sum(axis=1) + prior)
    return found


def log_likelihood(scheme: Scheme, tree: Any, z: Any, data: Any) -> Any:
    """Log likelihood of a data set."""
    each, start = of_readings(scheme, tree, z, data)
    records = sum(jax.nn.logsumexp(ways) for ways in of_countries(scheme, each, data["on"]))
    return records + (start[scheme.parts["start_reading"]] * data["start_on"]).sum()


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
