"""`clfz calibrate`: from the reports to a posterior with everything that says how far to trust it.

Every part (a study of a zone, the density, a fit) is kept as it comes, whole or not at all, with a checksum of what it
was made from. So the same call resumes, and whatever was made from something else is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from clfz.analysis.calibration import CalibrationError, page, posterior, predict, reporting, table
from clfz.analysis.calibration.checks import RANKS, Checks, check_all
from clfz.analysis.calibration.density import jnp, learn
from clfz.analysis.calibration.fit import Fit, Sampler, Scheme
from clfz.analysis.calibration.targets import Targets, load_targets
from clfz.analysis.calibration.unknowns import load_unknowns
from clfz.runs.manifest import fingerprint, git_state, machine, versions

Progress = Callable[[int, int, str], None]

BATCH = 512
"""Cases, each a place of a draw, that one step of learning takes."""
CODE = ("density", "fit", "predict", "reporting", "run", "unknowns")
"""Modules that the result of a fit depends on, beside its data."""


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
    """One fit: which data it sees.

    Attributes:
        name: What it is called.
        without: Records that are left out.
        without_start: Places whose starting points are left out.
        shuffle: Seed by which counts are dealt out anew; None leaves them.
        at: Number of a synthetic data set; None fits the records.
    """

    name: str
    without: tuple[str, ...] = ()
    without_start: tuple[str, ...] = ()
    shuffle: int | None = None
    at: int | None = None


@dataclass(frozen=True)
class Fitter:
    """What every fit of a calibration needs.

    Attributes:
        out: Folder of the calibration.
        seed: Of everything.
        scheme: The data, the unknowns, and the density.
        truths: Rows that learning has not seen, one draw of each: known truths.
        rows: Rows of the table, two draws each.
        failed: Runs of the table that failed; their rows are left out in all zones.
    """

    out: Path
    seed: int
    scheme: Scheme
    truths: table.Table
    rows: int
    failed: int


def tasks(targets: Targets, settings: Settings) -> list[Task]:
    """Every fit of the records, the main one first; then the synthetic data sets."""
    found = [Task("all")]
    found += [Task(f"without-{name}", without=(name,)) for name in targets.records]
    for code in targets.codes:
        gone = targets.records_of(code)
        if gone != targets.records:
            found.append(Task(f"without-country-{code}", without=gone))
    found += [Task(f"without-start-{place}", without_start=(place,)) for place in targets.starts]
    found += [Task(f"shuffled-{k}", shuffle=k) for k in range(settings.shuffled)]
    found += [Task(f"set-{at:04d}", at=at) for at in range(settings.sets)]
    return found


def calibrate(
    out: str | os.PathLike[str],
    records: str | None = None,
    *,
    settings: Settings | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Checks:
    """Calibrate on the shipped records, or on those of a CSV file of the same columns. The same call resumes.

    Args:
        out: Folder: `table/` (studies), `fits/`, `sets/`, posterior.parquet, checks.csv, report.html, manifest.json.
        records: CSV file of records.
        settings: How large.
        jobs: Processes and threads; all processors when None. No number depends on it.
        cluster: Dask scheduler for the table of runs.
        progress: Called with (done, in all, what is going on).
        command: The line that repeats it, for the manifest.

    Raises:
        InputError: Records that cannot be used.
        CalibrationError: A library is missing, or the table is too small.
        StudyError: The folder holds something else, is in use, or cannot be written.
    """
    started = time.perf_counter()
    folder, settings = Path(out), settings or Settings()
    fitter = prepare(folder, records, settings, jobs, cluster, progress)
    wanted = tasks(fitter.scheme.targets, settings)
    fit_all(fitter, wanted, jobs, progress)
    if progress:
        progress(0, 1, "Checking")
    fits = {task.name: read_fit(fitter, task) for task in wanted if task.at is None}
    sets = [result(fitter, task) for task in wanted if task.at is not None]
    checks = check_all(fitter, fits, sets, settings.sets)
    posterior.write(folder / posterior.FILE, fits["all"], fitter.scheme.unknowns)
    frame = pd.DataFrame(checks.rows, columns=["check", "item", "value", "bar", "ok"])
    text = frame.to_csv(index=False, lineterminator="\n")
    posterior.whole(folder / "checks.csv", lambda path: path.write_text(text, encoding="utf-8"))
    seconds = round(time.perf_counter() - started, 1)
    manifest = json.dumps(_manifest(fitter, settings, command, seconds), indent=1) + "\n"
    posterior.whole(folder / "manifest.json", lambda path: path.write_text(manifest, "utf-8"))
    page.build(folder, checks, fitter, settings)
    return checks


def _manifest(at: Fitter, settings: Settings, command: str, seconds: float) -> dict[str, Any]:
    targets, file = at.scheme.targets, (at.out / posterior.FILE).read_bytes()
    libraries = ("jax", "numpyro", "optax", "arviz", "scipy")
    return {
        "schema_version": 1,
        "what": "calibration",
        "command": command,
        "created_utc": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "wall_seconds": seconds,
        "settings": asdict(settings),
        "records": list(targets.records),
        "counts": targets.counts.astype(int).tolist(),
        "starts": targets.starts,
        "unknowns": list(at.scheme.unknowns.names),
        "model": fingerprint(),
        "made_from": at.scheme.key,
        "versions": versions() | {name: metadata.version(name) for name in libraries},
        "git": git_state(Path(__file__).parent),
        "machine": machine(),
        "files": {posterior.FILE: {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}},
    }


def prepare(
    out: Path,
    records: str | None,
    settings: Settings,
    jobs: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Fitter:
    """Make the table and learn the density, or read what is there.

    Raises:
        CalibrationError: The table is so small that no step of learning could be taken.
    """
    targets = load_targets(records)
    zones, unknowns = targets.zones, load_unknowns(targets.codes)
    cases = (settings.rows - settings.truths - settings.judges) * table.DRAWS * len(zones)
    if cases < BATCH:
        # of a small table up to a fourth is kept apart
        rows = -(-BATCH * 4 // (table.DRAWS * len(zones) * 3)) + 4
        places = f"{len(zones)} place{'s' * (len(zones) > 1)}"
        raise CalibrationError(
            f"{settings.rows} rows are too few: with {places} they give {cases} cases to learn from, and one step of "
            f"learning takes {BATCH}. Write --rows {rows} or more."
        )
    table.make(
        out / "table",
        zones,
        settings.rows,
        settings.seed,
        jobs=jobs,
        cluster=cluster,
        progress=progress,
    )
    if progress:
        progress(0, 1, "Learning the density")
    whole = table.load_table(out / "table", zones, unknowns, settings.seed)
    learned, judges, truths = whole.apart(settings.truths, settings.judges)
    here = Path(__file__).parent
    parts = (
        whole.u,
        whole.events,
        whole.starts,
        list(whole.zones),
        settings.epochs,
        settings.seed,
        settings.truths,
        settings.judges,
        [p.model_dump(mode="json") for p in unknowns.parameters],
        [(here / f"{name}.py").read_text(encoding="utf-8") for name in CODE],
    )
    key = str(joblib.hash(parts))
    arrays = kept(
        out / "density.npz",
        key,
        lambda: learn(learned, judges, settings.seed, settings.epochs, BATCH),
    )
    tree = {name: jnp.asarray(each) for name, each in arrays.items()}
    key = str(joblib.hash((key, targets.counts, targets.readings, targets.starts)))
    scheme = Scheme(unknowns, targets, tree, key)
    truths = truths.some(np.flatnonzero(truths.draw == 0))
    return Fitter(out, settings.seed, scheme, truths, len(whole), whole.failed)


def fit_all(
    fitter: Fitter, wanted: list[Task], jobs: int | None, progress: Progress | None
) -> None:
    """Do all fits that are missing, in processes when there are several."""
    workers = min(jobs or os.cpu_count() or 1, len(wanted))
    calls = (joblib.delayed(work)(fitter, task) for task in wanted)
    pool = joblib.Parallel(n_jobs=workers, batch_size=1, return_as="generator_unordered")
    for done, name in enumerate(pool(calls), start=1):
        if progress:
            progress(done, len(wanted), f"Fitting ({name})")


def work(fitter: Fitter, task: Task) -> str:
    """Do one fit in this process, unless it is there."""
    result(fitter, task)
    return task.name


def result(at: Fitter, task: Task) -> dict[str, Any]:
    """What a fit leaves, made when it is not there.

    Returns:
        Of the records: z [chains, draws, U] and facts (see `Fit`). Of a synthetic data set what is known of it.
    """
    file = f"fits/{task.name}.npz" if task.at is None else f"sets/{task.at:04d}.npz"
    return kept(at.out / file, str(joblib.hash((at.scheme.key, task))), lambda: _fitted(at, task))


def _fitted(at: Fitter, task: Task) -> dict[str, Any]:
    scheme, targets = at.scheme, at.scheme.targets
    sampler = _sampler(scheme)
    if task.at is not None:
        u, targets = reporting.data_set(at.truths, scheme.unknowns, targets, task.at, at.seed)
        data, seed = scheme.data(targets), 1000 + task.at
        fit = sampler.fit(data, seed)
        truth = ndtri(np.clip(u, 1e-6, 1.0 - 1e-6))
        return summary(fit, u) | predict.scores(scheme, fit.flat, data, seed, truth)
    if task.shuffle is not None:
        targets = dealt(targets, task.shuffle)
    data = scheme.data(targets, task.without, task.without_start)
    fit = sampler.fit(data, seed=zlib.crc32(f"{at.seed} {task.name}".encode()) % 2**31)
    return {"z": fit.z.astype(np.float32), "facts": [fit.divergent, fit.r_hat, fit.effective]}


def read_fit(at: Fitter, task: Task) -> Fit:
    """A fit of the records; made when it is not there."""
    found = result(at, task)
    divergent, r_hat, effective = map(float, found["facts"])
    return Fit(np.asarray(found["z"], np.float64), int(divergent), r_hat, effective)


@lru_cache(maxsize=1)
def _sampler(scheme: Scheme) -> Sampler:
    return Sampler(scheme)


def summary(fit: Fit, u: Any) -> dict[str, Any]:
    """Rank, intervals, mean and variance of every unknown, on the scale of its prior's shares."""
    drawn = ndtr(fit.flat)
    spaced = drawn[np.linspace(0, len(drawn) - 1, RANKS).astype(int)]
    ends = dict(zip(("low90", "low50", "high50", "high90"), (0.05, 0.25, 0.75, 0.95), strict=True))
    return {
        "truth": u,
        "rank": (spaced < u).sum(axis=0),
        **{name: np.quantile(drawn, end, axis=0) for name, end in ends.items()},
        "mean": drawn.mean(axis=0),
        "variance": drawn.var(axis=0),
        "fit": np.array([fit.r_hat, fit.effective, fit.divergent, fit.z.shape[1]]),
    }


def dealt(targets: Targets, seed: int) -> Targets:
    """The same counts, each kind dealt out to the records at random: what belongs together is torn apart."""
    rng = np.random.default_rng([seed, 5])
    counts = np.stack([rng.permutation(targets.counts[:, kind]) for kind in range(3)], axis=1)
    return replace(targets, counts=counts)


def kept(path: Path, key: str, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """The arrays of a part: read when they were made from the same key, else made and written at once."""
    if (found := read(path, key)) is not None:
        return found
    arrays = {name: np.asarray(value) for name, value in make().items()}
    path.parent.mkdir(parents=True, exist_ok=True)

    def write(scratch: Path) -> None:
        with scratch.open("wb") as file:
            np.savez(file, key=np.array(key), **arrays)  # type: ignore[arg-type]

    posterior.whole(path, write)
    return arrays


def read(path: Path, key: str) -> dict[str, Any] | None:
    """The arrays of a part, or nothing when it is absent, damaged or made from something else."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if str(file["key"]) != key:
                return None
            return {name: file[name] for name in file.files if name != "key"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
