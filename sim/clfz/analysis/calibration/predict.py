"""What a fit predicts: each record at its place, left out or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import density as net
from clfz.analysis.calibration.jaxed import jax, jnp
from clfz.analysis.calibration.likelihood import Scheme, of_countries, of_readings, setting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 1500  # draws of a posterior that are used
BATCH = 50  # draws at once: a divisor of the above, so that one size is compiled


@dataclass(frozen=True)
class Prediction:
    """What is predicted of one record.

    Attributes:
        counts: [n, 3] drawn counts.
        log_joint: Log probability of the three counts that were reported.
        log_each: [3] log probability of each of them alone.
        places: Chance of each place (by name), the record's own counts not used.
    """

    counts: Floats
    log_joint: float
    log_each: Floats
    places: dict[str, float]


def thin(z: Floats, most: int = MOST) -> Floats:
    """Evenly spaced draws."""
    return z if len(z) <= most else z[np.linspace(0, len(z) - 1, most).astype(int)]


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
    thinned = jnp.asarray(thin(z), jnp.float32)
    arrays = jax.tree.map(jnp.asarray, data)
    off = arrays["on"].at[record].set(0.0)
    mine = [k for k, each in enumerate(scheme.targets.readings) if each.record == record]
    weights, each = (
        np.asarray(found, np.float64)[:, mine]
        for found in _ways(scheme, scheme.density.tree, thinned, arrays | {"on": off}, more, wider)
    )
    log_places = weights  # [n, own readings]
    log_joint = _mean(np.logaddexp.reduce(log_places + each, axis=1))
    rng = np.random.default_rng([seed, record])
    chance = np.exp(log_places - np.logaddexp.reduce(log_places, axis=1, keepdims=True))
    drawn = (
        (chance.cumsum(axis=1) < rng.random((len(thinned), 1))).sum(axis=1).clip(0, len(mine) - 1)
    )
    keys = jax.random.split(jax.random.PRNGKey(int(rng.integers(2**31))), len(thinned))
    place = jnp.asarray(np.array(mine)[drawn])
    counts, logs = _draw(
        scheme,
        scheme.density.tree,
        thinned,
        place,
        arrays,
        arrays["counts"][record],
        keys,
        more,
        wider,
    )
    every = np.asarray(logs, np.float64)
    names = [scheme.targets.readings[k].place for k in mine]
    return Prediction(
        np.asarray(counts, np.float64),
        log_joint,
        np.array([_mean(every[:, k]) for k in range(3)]),
        dict(zip(names, chance.mean(axis=0).tolist(), strict=True)),
    )


def _mean(logs: Floats) -> float:
    return float(np.logaddexp.reduce(logs) - np.log(len(logs)))


@partial(jax.jit, static_argnums=0)
def _ways(scheme: Scheme, tree: Any, z: Any, data: Any, more: Any, wider: Any) -> tuple[Any, Any]:
    """Log chance of each reading by the records that are on, and log likelihood of its record there [n, readings]."""

    def one(z: Any) -> tuple[Any, Any]:
        each, _ = of_readings(scheme, tree, z, data)
        own, _ = of_readings(scheme, tree, z, data, more, wider)
        chance = jnp.full(len(scheme.targets.readings), -jnp.inf)
        for (_, ways, _), log in zip(
            scheme.ways, of_countries(scheme, each, data["on"]), strict=True
        ):
            holds = (ways[:, :, None] == np.arange(len(chance))).any(axis=1)  # [ways, readings]
            log = jnp.where(holds, (log - jax.nn.logsumexp(log))[:, None], -jnp.inf)
            chance = jnp.maximum(chance, jax.nn.logsumexp(log, axis=0))
        return chance, own

    found: tuple[Any, Any] = jax.lax.map(one, z, batch_size=BATCH)
    return found


@partial(jax.jit, static_argnums=0)
def _draw(
    scheme: Scheme,
    tree: Any,
    z: Any,
    place: Any,
    data: Any,
    reported: Any,
    keys: Any,
    more: Any,
    wider: Any,
) -> tuple[Any, Any]:
    """Counts drawn at a reading, and log chance of each reported count given what was drawn before it."""
    slots = jnp.asarray(scheme.parts["start"])

    def one(arg: Any) -> tuple[Any, Any]:
        z, place, key = arg
        k_bridge, k_counted, k_w, k_b, k_p = jax.random.split(key, 5)
        reading = place[None]
        u, base, shift, zone, (has_bridge, counts_protected) = setting(
            scheme, z, reading, more, wider
        )
        slot = slots[reading]
        start = data["start"][jnp.maximum(slot, 0)]
        known = jnp.where(slot >= 0, data["start_on"][jnp.maximum(slot, 0)], 0.0)
        bridge = (jax.random.uniform(k_bridge, (1,)) < has_bridge).astype(jnp.float32)
        values = jnp.stack([start, *(jnp.zeros_like(start) for _ in range(3))], axis=-1)

        def step(values: Any, at: int, key: Any, seen: Any) -> tuple[Any, Any]:
            t = net.logs(values, shift, zone, tree)
            x = net.with_counts(base, t, (values <= 0).astype(t.dtype), known, bridge)
            out = net.outputs(tree["weights"], u, x)
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

    found: tuple[Any, Any] = jax.lax.map(one, (z, place, keys), batch_size=BATCH)
    return found


def start_draws(scheme: Scheme, z: Floats, place: str, seed: int) -> Floats:
    """What a survey at the start would find in a place [n]."""
    reading = next(k for k, each in enumerate(scheme.targets.readings) if each.place == place)
    thinned = jnp.asarray(thin(z), jnp.float32)
    keys = jax.random.split(jax.random.PRNGKey(seed), len(thinned))
    return np.asarray(_starts(scheme, scheme.density.tree, thinned, keys, reading), np.float64)


@partial(jax.jit, static_argnums=(0, 4))
def _starts(scheme: Scheme, tree: Any, z: Any, keys: Any, reading: int) -> Any:
    def one(arg: Any) -> Any:
        z, key = arg
        u, base, shift, zone, _ = setting(scheme, z, jnp.array([reading]))
        values, nothing = jnp.zeros((1, 4)), jnp.zeros(1)
        t = net.logs(values, shift, zone, tree)
        x = net.with_counts(base, t, jnp.ones((1, 4)), nothing, nothing)
        out = net.outputs(tree["weights"], u, x)
        return net.drawn(out[net.START, 0], net.START, shift[0], zone[0], tree, key)

    return jax.lax.map(one, (z, keys), batch_size=BATCH)


def place_chances(scheme: Scheme, z: Floats, data: dict[str, Any]) -> Floats:
    """Chance of each reading, all counts looked at [readings]."""
    arrays = jax.tree.map(jnp.asarray, data)
    drawn = jnp.asarray(thin(z), jnp.float32)
    chances = _chances(scheme, scheme.density.tree, drawn, arrays)
    found: Floats = np.asarray(chances, np.float64).mean(axis=0)
    return found


@partial(jax.jit, static_argnums=0)
def _chances(scheme: Scheme, tree: Any, z: Any, data: Any) -> Any:
    def one(z: Any) -> Any:
        each, _ = of_readings(scheme, tree, z, data)
        chance = jnp.zeros(len(scheme.targets.readings))
        for (_, ways, _), log in zip(
            scheme.ways, of_countries(scheme, each, data["on"]), strict=True
        ):
            weight = jax.nn.softmax(log)
            chance = chance.at[ways.ravel()].add(jnp.repeat(weight, ways.shape[1]))
        return chance

    found: tuple[Any, Any] = jax.lax.map(one, z, batch_size=BATCH)
    return found
