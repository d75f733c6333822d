"""The density of what one zone reports, given the shared unknowns: learned once from the table.

    q(start) q(withdrawn | start) q(bridged | start, withdrawn) q(protected | all before)

Each factor is a small network that gives the chance of a zero and a mixture of normals for the logarithm of a count
above zero, relative to the zone's size (Papamakarios & Murray 2016; autoregressive as in Papamakarios et al. 2017).
What the zone alone has (its figures, its programme, its reach) was drawn inside the runs, so it is integrated out.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import CalibrationError
from clfz.analysis.calibration.reporting import SPREADS, START_OF, Cases, span, training_cases

# one thread, so that the same numbers come out on any machine's number of cores
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"
os.environ.setdefault("JAX_PLATFORMS", "cpu")
try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    raise CalibrationError(CalibrationError.MISSING) from error

__all__ = ["Density", "jax", "jnp", "learn"]

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.calibration.table import Table

    Floats = NDArray[np.float64]

ORDER = (3, 0, 2, 1)  # start, withdrawn, bridged, protected: columns of `values`
START, W, B, P = range(4)
NORMALS = 4
HIDDEN = 64
EMPTY = -3.0  # stands for a count of zero among the inputs


@dataclass(frozen=True)
class Density:
    """What was learned.

    Attributes:
        weights: Arrays of the four networks, stacked.
        centre: [Z, 4] mean of the log of each count in each zone, at shift 0.
        scale: [4].
        names: Unknowns that the networks read.
        zones: Names.
        losses: Mean negative log density, [epochs, 2]: training and the rows that choose the epoch.
    """

    weights: dict[str, Any]
    centre: Any
    scale: Any
    names: tuple[str, ...]
    zones: tuple[str, ...]
    losses: Floats

    @property
    def tree(self) -> dict[str, Any]:
        """Arrays only, as JAX passes them."""
        return {"weights": self.weights, "centre": self.centre, "scale": self.scale}


def base_inputs(zone: Any, shift: Any, scatter: Any, noise: Any, zones: int) -> Any:
    """The part of the inputs that is neither the unknowns nor counts [n, ...].

    Args:
        zone: [n].
        shift: [n, 3].
        scatter: [n, 2] of the reach, of what is counted as protected.
        noise: [n].
        zones: How many there are.
    """
    middle, width = sum(SPREADS) / 2, (SPREADS[1] - SPREADS[0]) / 2
    low, high = span("report_noise")
    told = jnp.stack(
        [
            (scatter[..., 0] - middle) / width,
            scatter[..., 1] * 2.0 - 1.0,
            (noise - (low + high) / 2) / ((high - low) / 2),
            shift[..., 0] / 1.5,
            shift[..., 1] + 1.0,
            (shift[..., 2] - shift[..., 0]) * 2.0,
        ],
        axis=-1,
    )
    return jnp.concatenate([jax.nn.one_hot(zone, zones), told], axis=-1)


def inputs_size(zones: int) -> int:
    """Length of what a network reads beside the unknowns."""
    return zones + 6 + 2 + 2 + 2 + 1


def logs(values: Any, shift: Any, zone: Any, tree: Any) -> Any:
    """Standardised logs of counts [n, 4] in ORDER; EMPTY for 0."""
    factor = jnp.stack(
        [shift[..., 2], shift[..., 0], shift[..., 0], shift[..., 0] + shift[..., 1]], axis=-1
    )
    safe = jnp.maximum(values, 0.5)
    t = (jnp.log(safe) - factor - tree["centre"][zone]) / tree["scale"]
    return jnp.where(values > 0, t, EMPTY)


def with_counts(base: Any, t: Any, zero: Any, known: Any, bridge: Any) -> Any:
    """Inputs of the four networks [4, n, ...]: each reads only what comes before it."""
    nothing = jnp.zeros_like(known)
    s = [known, jnp.where(known > 0, t[..., START], 0.0)]
    w = [t[..., W], zero[..., W]]
    b = [t[..., B], zero[..., B]]
    none = [nothing, nothing]
    rows = [none + none + none, s + none + none, s + w + none, s + w + b]
    parts = [
        jnp.stack([*row, nothing if k == START else bridge], axis=-1) for k, row in enumerate(rows)
    ]
    return jnp.stack([jnp.concatenate([base, part], axis=-1) for part in parts])


def outputs(weights: Any, u: Any, x: Any) -> Any:
    """Logit of a zero, logits, means and log spreads of the normals [4, n, 1 + 3 K].

    Args:
        weights: Of the four networks.
        u: [n, U], or [1, U] when all zones have the same unknowns: then the first layer is reckoned once.
        x: [4, n, inputs_size].
    """
    u = 2.0 * u - 1.0
    h = jnp.tanh(u @ weights["u1"] + x @ weights["x1"] + weights["b1"][:, None])
    h = jnp.tanh(h @ weights["w2"] + weights["b2"][:, None])
    return h @ weights["w3"] + weights["b3"][:, None] + u @ weights["u3"] + x @ weights["x3"]


def log_density(out: Any, t: Any, values: Any, scale: Any) -> Any:
    """Log probability of each count [n, 4]; above zero the density at the count stands for its unit interval."""
    out = jnp.moveaxis(out, 0, -2)
    empty = out[..., 0]
    log_share = jax.nn.log_softmax(out[..., 1 : 1 + NORMALS], axis=-1)
    mean = out[..., 1 + NORMALS : 1 + 2 * NORMALS]
    log_sd = jnp.clip(out[..., 1 + 2 * NORMALS :], -4.0, 2.0)
    z = (t[..., None] - mean) / jnp.exp(log_sd)
    normal = -0.5 * z * z - log_sd - 0.9189385332046727
    above = jax.nn.logsumexp(log_share + normal, axis=-1) - jnp.log(
        jnp.maximum(values, 0.5) * scale
    )
    return jnp.where(values > 0, jax.nn.log_sigmoid(-empty) + above, jax.nn.log_sigmoid(empty))


def drawn(out: Any, at: int, shift: Any, zone: Any, tree: Any, key: Any) -> Any:
    """One count drawn from a network's answer [1 + 3 K] for the factor `at` of one zone."""
    empty, pick, normal = jax.random.split(key, 3)
    k = jax.random.categorical(pick, out[1 : 1 + NORMALS])
    mean = out[1 + NORMALS + k]
    sd = jnp.exp(jnp.clip(out[1 + 2 * NORMALS + k], -4.0, 2.0))
    t = mean + sd * jax.random.normal(normal)
    factor = jnp.stack([shift[2], shift[0], shift[0], shift[0] + shift[1]])[at]
    count = jnp.exp(jnp.clip(t * tree["scale"][at] + tree["centre"][zone, at] + factor, -5.0, 14.0))
    above = jax.random.uniform(empty) >= jax.nn.sigmoid(out[0])
    return jnp.where(above, jnp.maximum(jnp.round(count), 1.0), 0.0)


def factors(
    tree: Any, u: Any, base: Any, values: Any, shift: Any, zone: Any, known: Any, bridge: Any
) -> Any:
    """Log probability of each of the four counts [n, 4] in ORDER, given those before it."""
    t = logs(values, shift, zone, tree)
    x = with_counts(base, t, (values <= 0).astype(t.dtype), known, bridge)
    return log_density(outputs(tree["weights"], u, x), t, values, tree["scale"])


def values_of(cases: Cases) -> Floats:
    """Counts [n, 4] in ORDER."""
    return np.concatenate([cases.start[:, None], cases.counts], axis=1)[:, [0, 1, 3, 2]]


def learn(
    table: Table, judges: Table, seed: int = 1, epochs: int = 160, batch: int = 512
) -> Density:
    """Learn the density from the rows of the table.

    Args:
        table: Rows to learn from.
        judges: Rows that no weight is fitted to; the epoch that predicts them best is kept.
        seed: Of the first weights and of the reports drawn.
        epochs: Passes over the table; each draws sizes, reaches and noise anew.
        batch: Zones a step.
    """
    import optax

    rng = np.random.default_rng([seed, 7])
    centre, scale = _standard(table)
    tree = {"centre": jnp.asarray(centre, jnp.float32), "scale": jnp.asarray(scale, jnp.float32)}
    weights = _first(rng, len(table.names), inputs_size(len(table.zones)))
    steps = epochs * (len(table.zones) * len(table) // batch)
    schedule = optax.cosine_onecycle_schedule(max(steps, 2), 4e-3, 0.2)
    optimiser = optax.adamw(schedule, weight_decay=1e-3)
    state = optimiser.init(weights)

    def loss(weights: Any, u: Any, data: Any) -> Any:
        return -_joint({**tree, "weights": weights}, u, data, len(table.zones)).mean()

    @jax.jit
    def step(weights: Any, state: Any, u: Any, data: Any) -> Any:
        value, slope = jax.value_and_grad(loss)(weights, u, data)
        change, state = optimiser.update(slope, state, weights)
        return optax.apply_updates(weights, change), state, value

    judge = jax.jit(loss)
    fresh = np.random.default_rng([seed, 8])
    check = [_arrays(fresh, judges) for _ in range(2)]
    best, kept, losses = np.inf, weights, []
    for _ in range(epochs):
        u, data = _arrays(rng, table)
        order = rng.permutation(len(u))
        found = []
        for first in range(0, len(order) - batch + 1, batch):
            part = order[first : first + batch]
            chosen = jax.tree.map(lambda each, part=part: each[part], data)
            weights, state, value = step(weights, state, u[part], chosen)
            found.append(value)
        apart = float(np.mean([judge(weights, *each) for each in check]))
        losses.append((float(np.mean(np.array(found))), apart))
        if apart < best:
            best, kept = apart, weights
    return Density(kept, tree["centre"], tree["scale"], table.names, table.zones, np.array(losses))


def _joint(tree: Any, u: Any, data: Any, zones: int) -> Any:
    base = base_inputs(data["zone"], data["shift"], data["scatter"], data["noise"], zones)
    each = factors(
        tree, u, base, data["values"], data["shift"], data["zone"], data["known"], data["bridge"]
    )
    # a starting point that nobody counted and bridge schools that do not exist say nothing
    use = jnp.stack(
        [data["known"], jnp.ones_like(data["known"]), data["bridge"], jnp.ones_like(data["known"])],
        -1,
    )
    return (each * use).sum(axis=-1)


def _arrays(rng: np.random.Generator, table: Table) -> Any:
    cases = training_cases(rng, table)
    values = values_of(cases)
    above = values > 0  # spread each whole number over its unit interval
    values = np.where(above, values + rng.uniform(-0.5, 0.5, values.shape), 0.0)
    data = {
        "zone": cases.zone.astype(np.int32),
        "shift": cases.shift.astype(np.float32),
        "scatter": cases.scatter.astype(np.float32),
        "noise": cases.noise.astype(np.float32),
        "values": values.astype(np.float32),
        "known": (rng.random(len(values)) < 0.4).astype(np.float32),
        "bridge": cases.bridge.astype(np.float32),
    }
    return table.u[cases.row].astype(np.float32), data


def _standard(table: Table) -> tuple[Floats, Floats]:
    kinds = np.array([START_OF.get(name, 0) for name in table.zones])
    start = table.starts[np.arange(len(kinds)), :, kinds]
    events = table.events[:, :, 1]
    every = np.stack([start, events[..., 0], events[..., 2], events[..., 1]], axis=-1)
    log = np.log(np.maximum(every, 1.0))
    seen = every > 0
    centre = (log * seen).sum(axis=1) / np.maximum(1, seen.sum(axis=1))
    spread = np.sqrt(
        ((log - centre[:, None]) ** 2 * seen).sum(axis=(0, 1))
        / np.maximum(1, seen.sum(axis=(0, 1)))
    )
    return centre, np.maximum(spread, 0.3)


def _first(rng: np.random.Generator, unknowns: int, size: int) -> dict[str, Any]:
    def normal(*shape: int, by: float) -> Any:
        return jnp.asarray(rng.standard_normal(shape) * by, jnp.float32)

    out = 1 + 3 * NORMALS
    last = np.zeros((4, out), np.float32)
    last[:, 1 + NORMALS : 1 + 2 * NORMALS] = np.linspace(-1.5, 1.5, NORMALS)
    small = 0.5 / np.sqrt(unknowns + size)
    return {
        "u1": normal(4, unknowns, HIDDEN, by=small),
        "x1": normal(4, size, HIDDEN, by=small),
        "b1": jnp.zeros((4, HIDDEN)),
        "w2": normal(4, HIDDEN, HIDDEN, by=1.0 / np.sqrt(HIDDEN)),
        "b2": jnp.zeros((4, HIDDEN)),
        "w3": normal(4, HIDDEN, out, by=0.3 / np.sqrt(HIDDEN)),
        "b3": jnp.asarray(last),
        "u3": jnp.zeros((4, unknowns, out)),
        "x3": jnp.zeros((4, size, out)),
    }
