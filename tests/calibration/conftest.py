"""A small table without runs, in which counts follow a known law, and a density learned from it."""

import numpy as np
import pytest

pytest.importorskip("jax")
pytest.importorskip("numpyro")

from clfz.analysis.calibration.density import learn
from clfz.analysis.calibration.fit import Sampler, Scheme
from clfz.analysis.calibration.table import Table, levels_of
from clfz.analysis.calibration.targets import load_targets
from clfz.analysis.calibration.unknowns import SIMULATED, load_unknowns
from clfz.analysis.evaluation.observe import predicted

from tests.calibration.planted import field, replications


@pytest.fixture(scope="session")
def known_table():
    """Withdrawn counts grow with visits, bridge counts with places, protected with visits too."""
    targets = load_targets()
    unknowns = load_unknowns(targets.codes)
    rng = np.random.default_rng(4)
    n, zones = 400, targets.zones
    names = unknowns.simulated
    u = rng.random((n, len(names)))
    levels = [levels_of(1, row) for row in range(n)]
    shared = np.zeros((n, len(unknowns)))
    for own in unknowns.own:
        shared[:, unknowns.at(own.name)] = [level[own.name] for level in levels]
    shares = unknowns.shares(shared)
    for k, name in enumerate(names):
        if name in SIMULATED:
            u[:, k] = shares[:, unknowns.at(name)]
    children = np.tile([2000.0, 2500.0, 3000.0], (len(zones), 1))
    visits, places = u[:, names.index("visits_level")], u[:, names.index("seats_level")]
    share = np.array([level["bridge_share"] for level in levels])
    bridge = rng.random((len(zones), n)) < share
    luck = rng.normal(0, 0.2, (len(zones), n, 3))
    withdrawn = 200 * np.exp(1.5 * (visits - 0.5) + luck[..., 0])
    protected = 500 * np.exp(0.8 * (visits - 0.5) + luck[..., 1])
    bridged = bridge * 80 * np.exp(2.0 * (places - 0.5) + luck[..., 2])
    events = np.stack([withdrawn, protected, bridged], axis=-1)[:, :, None, :].repeat(3, axis=2)
    starts = np.exp(rng.normal(np.log(600), 0.1, (len(zones), n, 2)))
    rows = np.arange(n)
    return Table(
        zones, u, names, events.round(), starts.round(), bridge, children, rows, 0 * rows, 1, 0
    )


@pytest.fixture(scope="session")
def scheme(known_table):
    """The density of that table, in the scheme of the ten records."""
    learned, judges, _ = known_table.apart(40, 40)
    targets = load_targets()
    tree = learn(learned, judges, epochs=25, batch=256)
    return Scheme(load_unknowns(targets.codes), targets, tree)


@pytest.fixture(scope="session")
def sampler(scheme):
    """Compiled once; enough draws for what is planted."""
    return Sampler(scheme, block=125, warmup=150)


@pytest.fixture(scope="session")
def truths(known_table):
    """Rows that the density has not seen."""
    return known_table.apart(40, 40)[2]


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Field data of the small zone by month, 200 runs of it, and what they would have reported."""
    placed, runs = replications(field(tmp_path_factory.mktemp("field")), 200, seed=1)
    return placed, runs, predicted(placed, runs)
