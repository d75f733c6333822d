"""A calibration from the first run to the last check; everything is kept as it comes, and the same call resumes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from clfz.analysis.calibration import sbc, store, table
from clfz.analysis.calibration.density import Density, learn
from clfz.analysis.calibration.errors import CalibrationError
from clfz.analysis.calibration.fit import Fit, Sampler
from clfz.analysis.calibration.jaxed import jnp
from clfz.analysis.calibration.likelihood import Scheme
from clfz.analysis.calibration.targets import Targets, load_targets
from clfz.analysis.calibration.unknowns import Unknowns, load_unknowns

Progress = Callable[[int, int, str], None]


BATCH = 512
"""Cases, each a place of a draw, that one step of learning takes."""


@dataclass(frozen=True)
class Settings:
    """How large a calibration is.

    Attributes:
        rows: Rows of the table; each is run in every zone with `table.DRAWS` draws.
        truths: Rows that learning never sees: known truths of the synthetic data sets.
        judges: Rows that choose the epoch of learning.
        sets: Synthetic data sets that are fitted (simulation-based calibration); at most `truths`.
        shuffled: Fits of counts that were dealt out to other records.
        epochs: Of learning the density.
        seed: Of everything.
    """

    rows: int = 2000
    truths: int = 220
    judges: int = 120
    sets: int = 200
    shuffled: int = 4
    epochs: int = 160
    seed: int = 1


@dataclass(frozen=True)
class Task:
    """One fit: which records and starting points it does not see.

    Attributes:
        name: Of its file.
        without: Records.
        without_start: Places.
        shuffle: Seed by which counts are dealt out anew; None leaves them.
        at: Number of a synthetic data set; None fits the records.
    """

    name: str
    without: tuple[str, ...] = ()
    without_start: tuple[str, ...] = ()
    shuffle: int | None = None
    at: int | None = None


@dataclass(frozen=True)
class Bench:
    """What every fit of a calibration needs.

    Attributes:
        targets: The data.
        unknowns: The vector.
        truths: Rows that learning has not seen, one draw of each: known truths.
        rows: Rows of the table, two draws each.
        failed: Runs of the table that failed; their rows are left out in all zones.
        scheme: Names and networks.
        key: Checksum of all that a fit depends on.
    """

    targets: Targets
    unknowns: Unknowns
    truths: table.Table
    rows: int
    failed: int
    scheme: Scheme
    key: str


def tasks(targets: Targets, settings: Settings) -> list[Task]:
    """Every fit of the records, the main one first; then the synthetic data sets."""
    found = [Task("all")]
    found += [Task(f"without-{name}", without=(name,)) for name in targets.records]
    for code in targets.codes:
        gone = tuple(
            n for n, c in zip(targets.records, targets.countries, strict=True) if c == code
        )
        if gone != targets.records:
            found.append(Task(f"without-country-{code}", without=gone))
    found += [Task(f"without-start-{place}", without_start=(place,)) for place in targets.starts]
    found += [Task(f"shuffled-{k}", shuffle=k) for k in range(settings.shuffled)]
    found += [Task(f"set-{at:04d}", at=at) for at in range(settings.sets)]
    return found


def prepare(
    out: Path,
    records: str | None,
    settings: Settings,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Bench:
    """Make the table and learn the density, or read what is there."""
    targets = load_targets(records)
    _enough(settings, len(targets.zones))
    place = out / "table"
    table.make(
        place,
        targets.zones,
        settings.rows,
        settings.seed,
        jobs=jobs,
        cluster=cluster,
        progress=progress,
    )
    if progress:
        progress(0, 1, "Learning the density")
    return bench(str(out), records, settings)


def _enough(settings: Settings, zones: int) -> None:
    """Refuse a table from which no step of learning could be taken.

    Raises:
        CalibrationError: It is too small.
    """
    cases = (settings.rows - settings.truths - settings.judges) * table.DRAWS * zones
    if cases >= BATCH:
        return
    # of a small table up to a fourth is kept apart
    rows = -(-BATCH * 4 // (table.DRAWS * zones * 3)) + 4
    raise CalibrationError(
        f"{settings.rows} rows are too few: with {zones} place{'s' * (zones > 1)} they give {cases} cases to learn "
        f"from, and one step of learning takes {BATCH}. Write --rows {rows} or more."
    )


def bench(out: str, records: str | None, settings: Settings) -> Bench:
    """Read the table and the density of a calibration; the density is learned when it is not there."""
    return _bench(out, records, settings, _content(records))


def _content(records: str | None) -> bytes:
    """The file of records as it is now; what is wrong with it is said where it is read."""
    try:
        return Path(records).read_bytes() if records else b""
    except OSError:
        return b""


@lru_cache(maxsize=1)
def _bench(out: str, records: str | None, settings: Settings, content: bytes) -> Bench:
    """The same, kept for the next fit of this process as long as the file holds the same (`content`)."""
    targets = load_targets(records)
    unknowns = load_unknowns(targets.codes)
    whole = table.load_table(Path(out) / "table", targets.zones, unknowns, settings.seed)
    learned, judges, truths = whole.apart(settings.truths, settings.judges)
    key = store.key_of(
        whole.u,
        whole.events,
        whole.starts,
        list(whole.zones),
        settings.epochs,
        settings.seed,
        settings.truths,
        settings.judges,
        [p.model_dump(mode="json") for p in unknowns.parameters],
        _sources(),
    )
    arrays = store.kept(
        Path(out) / "density.npz",
        key,
        lambda: _as_arrays(learn(learned, judges, settings.seed, settings.epochs, BATCH)),
    )
    density = _as_density(arrays, whole)
    scheme = Scheme(unknowns, targets, density)
    truths = truths.some(np.flatnonzero(truths.draw == 0))
    key = store.key_of(key, targets.counts, [asdict(r) for r in targets.readings], targets.starts)
    return Bench(targets, unknowns, truths, len(whole), whole.failed, scheme, key)


def fit_path(out: Path, name: str) -> Path:
    """File of a fit."""
    return out / "fits" / f"{name}.npz"


def work(out: str, records: str | None, settings: Settings, task: Task) -> str:
    """Do one fit in this process, unless it is there."""
    at = bench(out, records, settings)
    sampler = _sampler(at.scheme)
    if task.at is not None:
        sbc.one(sampler, at.truths, task.at, Path(out) / "sets", at.key, settings.seed)
    else:
        read_fit(Path(out), at, task, sampler)
    return task.name


def read_fit(out: Path, at: Bench, task: Task, sampler: Sampler | None = None) -> Fit:
    """A fit of the records; made when it is not there and a sampler is given."""
    targets = at.targets
    if task.shuffle is not None:
        targets = dealt(targets, task.shuffle)
    data = at.scheme.data(targets, task.without, task.without_start)
    key = store.key_of(at.key, asdict(task))

    def make() -> dict[str, Any]:
        assert sampler is not None
        fit = sampler.fit(data, seed=int(key[:7], 16))
        return {"z": fit.z.astype(np.float32), "facts": [fit.divergent, fit.r_hat, fit.effective]}

    found = store.kept(fit_path(out, task.name), key, make)
    divergent, r_hat, effective = (float(x) for x in found["facts"])
    return Fit(np.asarray(found["z"], np.float64), int(divergent), r_hat, effective)


def dealt(targets: Targets, seed: int) -> Targets:
    """The same counts, each kind dealt out to the records at random: what belongs together is torn apart."""
    rng = np.random.default_rng([seed, 5])
    counts = np.stack([rng.permutation(targets.counts[:, kind]) for kind in range(3)], axis=1)
    return replace(targets, counts=counts)


@lru_cache(maxsize=1)
def _sampler(scheme: Scheme) -> Sampler:
    return Sampler(scheme)


def fit_all(
    out: Path,
    records: str | None,
    settings: Settings,
    wanted: list[Task],
    jobs: int | None,
    progress: Progress | None,
) -> None:
    """Do all fits that are missing, in processes when there are several."""
    import joblib

    workers = min(jobs or os.cpu_count() or 1, len(wanted))
    calls = (joblib.delayed(work)(str(out), records, settings, task) for task in wanted)
    pool = joblib.Parallel(n_jobs=workers, batch_size=1, return_as="generator_unordered")
    for done, name in enumerate(pool(calls), start=1):
        if progress:
            progress(done, len(wanted), f"Fitting ({name})")


def _sources() -> str:
    """Checksum of the code and data that a fit depends on."""
    here = Path(__file__).parent
    names = ("density.py", "likelihood.py", "reporting.py", "synthetic.py", "fit.py", "unknowns.py")
    return store.key_of([(here / name).read_text(encoding="utf-8") for name in names])


def _as_arrays(density: Density) -> dict[str, Any]:
    weights = {f"w_{name}": np.asarray(value) for name, value in density.weights.items()}
    return weights | {
        "centre": np.asarray(density.centre),
        "scale": np.asarray(density.scale),
        "losses": density.losses,
    }


def _as_density(arrays: dict[str, Any], whole: table.Table) -> Density:
    weights = {name[2:]: jnp.asarray(value) for name, value in arrays.items() if name[:2] == "w_"}
    centre, scale = jnp.asarray(arrays["centre"]), jnp.asarray(arrays["scale"])
    return Density(weights, centre, scale, whole.names, whole.zones, arrays["losses"])
