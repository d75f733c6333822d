"""What a fit predicts: each record at its place, left out or not; a starting point; and what rivals say.

A record left out without another fit (`scores`): draws of the posterior are weighted by one over the chance that they
give to the record, the tail of the weights smoothed (PSIS; Vehtari, Gelman & Gabry 2017), and drawn anew with those
weights. Where Pareto's k is above `K_BAD` the weights cannot be trusted (Vehtari et al. 2024). Beside the fit stand two
predictors between which it must lie: the prior, which knows nothing of the other records, and the oracle, which knows
the truth of every shared unknown. The CRPS is a proper score (Gneiting & Raftery 2007), so on average nobody who reads
the records only does better than the oracle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import nbinom

from clfz.analysis.calibration import density as net
from clfz.analysis.calibration.density import jax, jnp
from clfz.analysis.calibration.fit import (
    Scheme,
    of_countries,
    of_readings,
    of_records,
    setting,
)
from clfz.analysis.calibration.posterior import arviz
from clfz.analysis.calibration.reporting import inside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 1500  # draws of a posterior that are used
BATCH = 50  # draws at once: a divisor of the above, so that one size is compiled
DRAWN = 500  # draws of a record left out by weights
K_BAD = 0.7
MEANS = np.exp(np.linspace(np.log(5.0), np.log(20000.0), 161))  # grid of the rival
SIZES = np.exp(np.linspace(np.log(0.05), np.log(20.0), 81))


@dataclass(frozen=True)
class Prediction:
    """What is predicted of one record.

    Attributes:
        counts: [n, 3] drawn counts.
        log_joint: Log probability of the three counts that were reported.
        log_each: [3] log probability of each of them alone.
    """

    counts: Floats
    log_joint: float
    log_each: Floats


def thin(z: Floats) -> Floats:
    """Evenly spaced draws."""
    return z if len(z) <= MOST else z[np.linspace(0, len(z) - 1, MOST).astype(int)]


def of_draws(one: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of one draw, (scheme, tree, data, z, ...), for all of them: (scheme, data, z [n, U], ...)."""

    @partial(jax.jit, static_argnums=0)
    def every(scheme: Scheme, tree: Any, data: Any, drawn: Any) -> Any:
        return jax.lax.map(lambda each: one(scheme, tree, data, *each), drawn, batch_size=BATCH)

    def call(scheme: Scheme, data: dict[str, Any], z: Floats, *more: Any) -> Any:
        drawn = (jnp.asarray(z, jnp.float32), *more)
        found = every(scheme, scheme.tree, jax.tree.map(jnp.asarray, data), drawn)
        return jax.tree.map(lambda each: np.asarray(each, np.float64), found)

    return call


def predict(
    scheme: Scheme,
    z: Floats,
    data: dict[str, Any],
    record: int,
    seed: int,
    more: float = 0.0,
    wider: float = 0.0,
) -> Prediction:
    """Predict a record from draws of the shared unknowns.

    The record's own counts give its place no weight. The other records of its country that are on in `data` do.

    Args:
        scheme: Names and networks.
        z: [n, U] draws.
        data: The data set; its own counts of the record are what is scored.
        record: Index.
        seed: Of the drawn counts.
        more: Added to the log size of each of its places.
        wider: Standard deviation of the log size beyond the profile's range.
    """
    thinned = thin(z)
    on = np.array(data["on"])
    on[record] = 0.0
    data = data | {"on": on, "more": more, "wider": wider, "reported": data["counts"][record]}
    mine = [k for k, each in enumerate(scheme.targets.readings) if each.record == record]
    log_places, each = (found[:, mine] for found in _ways(scheme, data, thinned))
    log_joint = _mean(np.logaddexp.reduce(log_places + each, axis=1))
    rng = np.random.default_rng([seed, record])
    chance = np.exp(log_places - np.logaddexp.reduce(log_places, axis=1, keepdims=True))
    below = chance.cumsum(axis=1) < rng.random((len(thinned), 1))
    place = np.array(mine)[below.sum(axis=1).clip(0, len(mine) - 1)]
    keys = jax.random.split(jax.random.PRNGKey(int(rng.integers(2**31))), len(thinned))
    counts, logs = _draw(scheme, data, thinned, jnp.asarray(place), keys)
    return Prediction(counts, log_joint, np.array([_mean(logs[:, k]) for k in range(3)]))


def _mean(logs: Floats) -> float:
    return float(np.logaddexp.reduce(logs) - np.log(len(logs)))


@of_draws
def _ways(scheme: Scheme, tree: Any, data: Any, z: Any) -> tuple[Any, Any]:
    """Log chance of each reading by the records that are on, and log likelihood of its record there [n, readings]."""
    each, _ = of_readings(scheme, tree, z, data)
    own, _ = of_readings(scheme, tree, z, data, data["more"], data["wider"])
    chance = jnp.full(len(scheme.targets.readings), -jnp.inf)
    found = of_countries(scheme, each, data["on"])
    for (_, ways, _), log in zip(scheme.ways, found, strict=True):
        holds = (ways[:, :, None] == np.arange(len(chance))).any(axis=1)  # [ways, readings]
        log = jnp.where(holds, (log - jax.nn.logsumexp(log))[:, None], -jnp.inf)
        chance = jnp.maximum(chance, jax.nn.logsumexp(log, axis=0))
    return chance, own


@of_draws
def _draw(scheme: Scheme, tree: Any, data: Any, z: Any, place: Any, key: Any) -> tuple[Any, Any]:
    """Counts drawn at a reading, and log chance of each reported count given what was drawn before it."""
    slots, reported = jnp.asarray(scheme.parts["start"]), data["reported"]
    k_bridge, k_counted, k_w, k_b, k_p = jax.random.split(key, 5)
    reading = place[None]
    u, base, shift, zone, (has_bridge, counts_protected) = setting(
        scheme, z, reading, data["more"], data["wider"]
    )
    slot = slots[reading]
    start = data["start"][jnp.maximum(slot, 0)]
    known = jnp.where(slot >= 0, data["start_on"][jnp.maximum(slot, 0)], 0.0)
    bridge = (jax.random.uniform(k_bridge, (1,)) < has_bridge).astype(jnp.float32)
    values = jnp.stack([start, *(jnp.zeros_like(start) for _ in range(3))], axis=-1)

    def step(values: Any, at: int, key: Any, seen: Any) -> tuple[Any, Any]:
        t = net.logs(values, shift, zone, tree)
        x = net.with_counts(base, t, (values <= 0).astype(t.dtype), known, bridge)
        out = net.outputs(tree, u, x)
        drawn = net.drawn(out[at, 0], at, shift[0], zone[0], tree, key)
        at_seen = values.at[0, at].set(seen)
        seen_t = net.logs(at_seen, shift, zone, tree)
        log = net.log_density(out, seen_t, at_seen, tree["scale"])[0, at]
        return values.at[0, at].set(drawn), log

    values, log_w = step(values, net.W, k_w, reported[0])
    values, log_b = step(values, net.B, k_b, reported[2])
    nothing = jnp.where(reported[2] > 0, -jnp.inf, 0.0)
    log_b = jnp.where(bridge[0] > 0, log_b, nothing)
    values = values.at[0, net.B].multiply(bridge[0])
    values, log_p = step(values, net.P, k_p, reported[1])
    counted = jax.random.uniform(k_counted) < counts_protected
    zero = jnp.where(reported[1] > 0, -jnp.inf, jnp.log1p(-counts_protected))
    log_p = jnp.logaddexp(jnp.log(counts_protected) + log_p, zero)
    found = values[0, jnp.array([net.W, net.P, net.B])] * jnp.stack([1.0, counted, 1.0])
    return found, jnp.stack([log_w, log_p, log_b])


def start_draws(scheme: Scheme, z: Floats, place: str, seed: int) -> Floats:
    """What a survey at the start would find in a place [n]."""
    reading = next(k for k, each in enumerate(scheme.targets.readings) if each.place == place)
    thinned = thin(z)
    keys = jax.random.split(jax.random.PRNGKey(seed), len(thinned))
    found: Floats = _starts(scheme, {"reading": np.array([reading])}, thinned, keys)
    return found


@of_draws
def _starts(scheme: Scheme, tree: Any, data: Any, z: Any, key: Any) -> Any:
    u, base, shift, zone, _ = setting(scheme, z, data["reading"])
    values, nothing = jnp.zeros((1, 4)), jnp.zeros(1)
    t = net.logs(values, shift, zone, tree)
    x = net.with_counts(base, t, jnp.ones((1, 4)), nothing, nothing)
    out = net.outputs(tree, u, x)
    return net.drawn(out[net.START, 0], net.START, shift[0], zone[0], tree, key)


def place_chances(scheme: Scheme, z: Floats, data: dict[str, Any]) -> Floats:
    """Chance of each reading, all counts looked at [readings]."""
    log_chance, _ = _ways(scheme, data | {"more": 0.0, "wider": 0.0}, thin(z))
    found: Floats = np.exp(log_chance).mean(axis=0)
    return found


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
    drawn = thin(z)
    log_weight, k = smoothed(chances(scheme, data, drawn))
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
            found[who].append([log_crps(drawn_by[:, i], seen[i]) for i in range(3)])
    return {name: np.array(each) for name, each in found.items()} | {"k": k}


def smoothed(chance: Floats) -> tuple[Floats, Floats]:
    """Log weights [n, records] that add up to one, and Pareto's k of each record, from log chances [n, records]."""
    log_weight, k = arviz().psislw(-chance.T)
    log_weight = np.asarray(log_weight, np.float64).T
    return log_weight - np.logaddexp.reduce(log_weight, axis=0), np.atleast_1d(np.asarray(k))


@of_draws
def chances(scheme: Scheme, tree: Any, data: Any, z: Any) -> Any:
    """Log chance of each record given the shared unknowns and the other records [n, records]."""
    each, _ = of_readings(scheme, tree, z, data)
    on = data["on"]
    total = of_records(scheme, each, on)
    others = [of_records(scheme, each, on.at[k].set(0.0)) for k in range(on.shape[0])]
    return total - jnp.stack(others)


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
    slot = list(scheme.targets.starts).index(place)
    gain = _gains(scheme, data | {"slot": slot}, thin(z), jnp.asarray(drawn, jnp.float32))
    log_weight, k = smoothed(-gain[:, None])
    weight = np.exp(log_weight[:, 0])
    chosen = np.random.default_rng([seed, 13]).choice(
        len(drawn), len(drawn), p=weight / weight.sum()
    )
    return drawn[chosen], float(k[0])


@of_draws
def _gains(scheme: Scheme, tree: Any, data: Any, z: Any, start: Any) -> Any:
    """Log chance of the records with the starting point known, less that without it."""
    known = data | {
        "start": data["start"].at[data["slot"]].set(start),
        "start_on": data["start_on"].at[data["slot"]].set(1.0),
    }
    with_it, without = (of_readings(scheme, tree, z, each)[0] for each in (known, data))
    on = data["on"]
    return of_records(scheme, with_it, on) - of_records(scheme, without, on)


def pooled(others: Floats, own: Floats, seed: int, draws: int = 4000) -> tuple[Floats, Floats]:
    """The counts alone: log probability of each count of a record [3], and draws [draws, 3], from the others [n, 3].

    Each kind of count is negative binomial with one mean and one size for all zones; both are averaged over their
    posterior given the other records (flat in the logarithm, on a grid).
    """
    mean, size = np.meshgrid(MEANS, SIZES, indexing="ij")
    rng = np.random.default_rng([seed, 3])
    logs, drawn = np.zeros(3), np.zeros((draws, 3))
    for kind in range(3):
        each = nbinom.logpmf(others[:, kind, None, None], size, size / (size + mean)).sum(axis=0)
        weight = np.exp(each - each.max())
        weight /= weight.sum()
        logs[kind] = np.log((weight * nbinom.pmf(own[kind], size, size / (size + mean))).sum())
        at = rng.choice(weight.size, size=draws, p=weight.ravel())
        m, k = mean.ravel()[at], size.ravel()[at]
        drawn[:, kind] = rng.poisson(m * rng.gamma(k, 1.0 / k))
    return logs, drawn


def log_crps(drawn: Floats, seen: float) -> float:
    """Continuous ranked probability score of draws on the scale log(1 + count); smaller is better."""
    x = np.sort(np.log1p(drawn))
    n = len(x)
    spread = 2.0 * np.sum((2.0 * np.arange(1, n + 1) - n - 1) * x) / (n * n)
    return float(np.mean(np.abs(x - np.log1p(seen))) - 0.5 * spread)
