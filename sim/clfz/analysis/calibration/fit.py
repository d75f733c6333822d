"""The likelihood of all records given the shared unknowns, and its posterior by NUTS (Hoffman & Gelman 2014).

Zones are independent given the shared unknowns. Within a country the likelihood is the mean over the ways to give its
records to places. Leaving a record or a starting point out drops its factor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from clfz.analysis.calibration import density as net
from clfz.analysis.calibration.density import jax, jnp
from clfz.analysis.calibration.posterior import arviz
from clfz.analysis.calibration.reporting import BRIDGED, PROTECTED, WITHDRAWN, shifts
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


@dataclass(frozen=True)
class Scheme:
    """What does not change from data set to data set: names, places, ways. Equal where the keys are.

    Attributes:
        unknowns: The vector.
        targets: Gives readings and ways; its counts are not read here.
        tree: The density of what a zone reports, as `learn` gives it, of the zones of the targets.
        key: Checksum of all that a fit depends on: in another process, too, nothing is compiled twice for one key.
    """

    unknowns: Unknowns = field(compare=False)
    targets: Targets = field(compare=False)
    tree: dict[str, Any] = field(compare=False)
    key: str = field(default_factory=lambda: uuid4().hex)

    @cached_property
    def parts(self) -> dict[str, Any]:
        """Of each reading: zone, record, log size, starting point (-1: none), country; and what belongs to no reading.

        `columns` are the unknowns that the networks read, `start_reading` the first reading of each starting point.
        """
        readings, places = self.targets.readings, list(self.targets.starts)
        codes = [self.targets.codes.index(code) for code in self.targets.countries]
        first = {each.place: k for k, each in reversed(list(enumerate(readings)))}
        return {
            "zone": np.array([self.targets.zones.index(r.zone) for r in readings], np.int32),
            "record": np.array([r.record for r in readings], np.int32),
            "size": np.log([r.size_factor for r in readings]).astype(np.float32),
            "start": np.array(
                [places.index(r.place) if r.place in places else -1 for r in readings]
            ),
            "country": np.array([codes[r.record] for r in readings]),
            "columns": np.array([self.unknowns.at(name) for name in self.unknowns.simulated]),
            "start_reading": np.array([first[place] for place in places], int),
        }

    @cached_property
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
    at, parts, codes = scheme.unknowns.at, scheme.parts, scheme.targets.codes
    u = shares(z)
    v = scheme.unknowns.values(u, jnp)
    country, size = (jnp.asarray(parts[name])[reading] for name in ("country", "size"))
    shift = shifts(scheme.unknowns, v, codes, country, size, more, jnp)
    n = shift.shape[0]
    reach = jnp.sqrt(v[at("reach_spread")] ** 2 + wider**2)
    scatter = jnp.broadcast_to(jnp.stack([reach, v[at("protected_spread")]]), (n, 2))
    noise = jnp.full(n, v[at("report_noise")])
    zone = jnp.asarray(parts["zone"])[reading]
    base = net.base_inputs(zone, shift, scatter, noise, len(scheme.targets.zones))
    chances = v[at("bridge_share")], v[at("protected_share")]
    return u[parts["columns"]][None], base, shift, zone, chances


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


def of_records(scheme: Scheme, each: Any, on: Any) -> Any:
    """Log likelihood of all records that are on."""
    return sum(jax.nn.logsumexp(ways) for ways in of_countries(scheme, each, on))


def log_likelihood(scheme: Scheme, tree: Any, z: Any, data: Any) -> Any:
    """Log likelihood of a data set."""
    each, start = of_readings(scheme, tree, z, data)
    starts = (start[scheme.parts["start_reading"]] * data["start_on"]).sum()
    return of_records(scheme, each, data["on"]) + starts


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
        given = (jax.tree.map(jnp.asarray, data), self.scheme.tree)
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
