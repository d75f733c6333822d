"""The density of what one zone reports, given the shared unknowns: learned once from the table.

    q(start) q(withdrawn | start) q(bridged | start, withdrawn) q(protected | all before)

Each factor is a small network that gives the chance of a zero and a mixture of normals for the logarithm of a count
above zero, relative to the zone's size (Papamakarios & Murray 2016; autoregressive as in Papamakarios et al. 2017).
What the zone alone has (its figures, its programme, its reach) was drawn inside the runs, so it is integrated out.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration import CalibrationError
from clfz.analysis.calibration.reporting import SHIFTS, SPREADS, START_OF, report, span

# one thread, so that the same numbers come out on any machine's number of cores
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"
os.environ.setdefault("JAX_PLATFORMS", "cpu")
try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    raise CalibrationError(CalibrationError.MISSING) from error

__all__ = ["jax", "jnp", "learn"]

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.analysis.calibration.table import Table

    Floats = NDArray[np.float64]

ORDER = (3, 0, 2, 1)  # start, withdrawn, bridged, protected: columns of `values`
START, W, B, P = range(4)
NORMALS = 4
HIDDEN = 64
INPUTS = 6 + 2 + 2 + 2 + 1  # of a network beside the unknowns and the zones
EMPTY = -3.0  # stands for a count of zero among the inputs


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


def outputs(tree: Any, u: Any, x: Any) -> Any:
    """Logit of a zero, logits, means and log spreads of the normals [4, n, 1 + 3 K].

    Args:
        tree: Of the density.
        u: [n, U], or [1, U] when all zones have the same unknowns: then the first layer is reckoned once.
        x: [4, n, inputs] as `with_counts` gives them.
    """
    u = 2.0 * u - 1.0
    h = jnp.tanh(u @ tree["u1"] + x @ tree["x1"] + tree["b1"][:, None])
    h = jnp.tanh(h @ tree["w2"] + tree["b2"][:, None])
    return h @ tree["w3"] + tree["b3"][:, None] + u @ tree["u3"] + x @ tree["x3"]


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
    return log_density(outputs(tree, u, x), t, values, tree["scale"])


def learn(
    table: Table, judges: Table, seed: int = 1, epochs: int = 160, batch: int = 512
) -> dict[str, Any]:
    """Learn the density from the rows of the table.

    Args:
        table: Rows to learn from.
        judges: Rows that no weight is fitted to; the epoch that predicts them best is kept.
        seed: Of the first weights and of the reports drawn.
        epochs: Passes over the table; each draws sizes, reaches and noise anew.
        batch: Zones a step.

    Returns:
        The arrays (`tree` everywhere): weights of the four networks, stacked; `centre` [Z, 4], the mean of the log of
        each count in each zone at shift 0; `scale` [4].
    """
    import optax

    rng = np.random.default_rng([seed, 7])
    zones = len(table.zones)
    centre, scale = _standard(table)
    fixed = {"centre": jnp.asarray(centre, jnp.float32), "scale": jnp.asarray(scale, jnp.float32)}
    weights = _first(rng, len(table.names), zones + INPUTS)
    steps = epochs * (zones * len(table) // batch)
    schedule = optax.cosine_onecycle_schedule(max(steps, 2), 4e-3, 0.2)
    optimiser = optax.adamw(schedule, weight_decay=1e-3)
    state = optimiser.init(weights)

    def loss(weights: Any, u: Any, data: Any) -> Any:
        base = base_inputs(data["zone"], data["shift"], data["scatter"], data["noise"], zones)
        given = (data[name] for name in ("values", "shift", "zone", "known", "bridge"))
        each = factors({**fixed, **weights}, u, base, *given)
        # a starting point that nobody counted and bridge schools that do not exist say nothing
        always = jnp.ones_like(data["known"])
        use = jnp.stack([data["known"], always, data["bridge"], always], -1)
        return -(each * use).sum(axis=-1).mean()

    @jax.jit
    def step(weights: Any, state: Any, u: Any, data: Any) -> Any:
        change, state = optimiser.update(jax.grad(loss)(weights, u, data), state, weights)
        return optax.apply_updates(weights, change), state

    judge = jax.jit(loss)
    fresh = np.random.default_rng([seed, 8])
    check = [_reported(fresh, judges) for _ in range(2)]
    best, kept = np.inf, weights
    for _ in range(epochs):
        u, data = _reported(rng, table)
        order = rng.permutation(len(u))
        for first in range(0, len(order) - batch + 1, batch):
            part = order[first : first + batch]
            chosen = jax.tree.map(lambda each, part=part: each[part], data)
            weights, state = step(weights, state, u[part], chosen)
        apart = float(np.mean([judge(weights, *each) for each in check]))
        if apart < best:
            best, kept = apart, weights
    return {**kept, **fixed}


def _reported(rng: np.random.Generator, table: Table) -> tuple[Any, dict[str, Any]]:
    """Shared unknowns and report of every zone of every row, its factors spread over all that has to be known."""
    zones, n = len(table.zones), len(table)
    row, zone = np.tile(np.arange(n), zones), np.repeat(np.arange(zones), n)
    size = row.size
    both = rng.uniform(*SHIFTS, size)
    protected = rng.uniform(*span("protected_level"), size)
    start = np.clip(both + rng.uniform(-0.8, 0.6, size), *SHIFTS)
    shift = np.stack([both, protected, start], axis=1)
    scatter = np.stack(
        [rng.uniform(*SPREADS, size), rng.uniform(*span("protected_spread"), size)], axis=1
    )
    noise = rng.uniform(*span("report_noise"), size)
    counts, found = report(rng, table, row, zone, shift, scatter, noise)
    values = np.column_stack([found, counts])[:, [0, 1, 3, 2]]
    # above zero each whole number is spread over its unit interval
    values = np.where(values > 0, values + rng.uniform(-0.5, 0.5, values.shape), 0.0)
    data = {
        "shift": shift,
        "scatter": scatter,
        "noise": noise,
        "values": values,
        "known": rng.random(size) < 0.4,
        "bridge": table.bridge[zone, row],
    }
    numbers = {name: each.astype(np.float32) for name, each in data.items()}
    return table.u[row].astype(np.float32), numbers | {"zone": zone.astype(np.int32)}


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
