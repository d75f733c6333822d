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
from scipy.stats import norm

from clfz.analysis.calibration import CalibrationError, page, posterior, predict, reporting, table
from clfz.analysis.calibration.checks import RANKS, Checks, check_all
from clfz.analysis.calibration.density import Density, jnp, learn
from clfz.analysis.calibration.fit import Fit, Sampler, Scheme
from clfz.analysis.calibration.targets import Targets, load_targets
from clfz.analysis.calibration.unknowns import Unknowns, load_unknowns
from clfz.runs.manifest import fingerprint, git_state, machine, versions

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
    found = prepare(folder, records, settings, jobs, cluster, progress)
    wanted = tasks(found.targets, settings)
    fit_all(folder, records, settings, wanted, jobs, progress)
    if progress:
        progress(0, 1, "Checking")
    fits = {task.name: read_fit(folder, found, task) for task in wanted if task.at is None}
    sets = [read_set(folder, found, at, settings.seed) for at in range(settings.sets)]
    checks = check_all(found, fits, [each for each in sets if each], settings.sets)
    posterior.write(folder / posterior.FILE, fits["all"], found.unknowns)
    frame = pd.DataFrame(checks.rows, columns=["check", "item", "value", "bar", "ok"])
    text = frame.to_csv(index=False, lineterminator="\n")
    posterior.whole(folder / "checks.csv", lambda path: path.write_text(text, encoding="utf-8"))
    seconds = round(time.perf_counter() - started, 1)
    manifest = json.dumps(_manifest(folder, found, settings, command, seconds), indent=1) + "\n"
    posterior.whole(folder / "manifest.json", lambda path: path.write_text(manifest, "utf-8"))
    page.build(folder, checks, found, settings)
    return checks


def _manifest(
    folder: Path, at: Bench, settings: Settings, command: str, seconds: float
) -> dict[str, Any]:
    file = (folder / posterior.FILE).read_bytes()
    libraries = ("jax", "numpyro", "optax", "arviz", "scipy")
    return {
        "schema_version": 1,
        "what": "calibration",
        "command": command,
        "created_utc": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "wall_seconds": seconds,
        "settings": asdict(settings),
        "records": list(at.targets.records),
        "counts": at.targets.counts.astype(int).tolist(),
        "starts": at.targets.starts,
        "unknowns": list(at.unknowns.names),
        "model": fingerprint(),
        "made_from": at.key,
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
) -> Bench:
    """Make the table and learn the density, or read what is there."""
    zones = load_targets(records).zones
    _enough(settings, len(zones))
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
    try:
        content = Path(records).read_bytes() if records else b""
    except OSError:  # what is wrong with it is said where it is read
        content = b""
    return _bench(out, records, settings, content)


@lru_cache(maxsize=1)
def _bench(out: str, records: str | None, settings: Settings, content: bytes) -> Bench:
    """The same, kept for the next fit of this process as long as the file holds the same (`content`)."""
    targets = load_targets(records)
    unknowns = load_unknowns(targets.codes)
    whole = table.load_table(Path(out) / "table", targets.zones, unknowns, settings.seed)
    learned, judges, truths = whole.apart(settings.truths, settings.judges)
    key = key_of(
        whole.u,
        whole.events,
        whole.starts,
        list(whole.zones),
        settings.epochs,
        settings.seed,
        settings.truths,
        settings.judges,
        [p.model_dump(mode="json") for p in unknowns.parameters],
        _code("density.py", "fit.py", "reporting.py", "unknowns.py"),
    )
    arrays = kept(
        Path(out) / "density.npz",
        key,
        lambda: _as_arrays(learn(learned, judges, settings.seed, settings.epochs, BATCH)),
    )
    density = _as_density(arrays, whole)
    scheme = Scheme(unknowns, targets, density)
    truths = truths.some(np.flatnonzero(truths.draw == 0))
    key = key_of(key, targets.counts, [asdict(r) for r in targets.readings], targets.starts)
    return Bench(targets, unknowns, truths, len(whole), whole.failed, scheme, key)


def work(out: str, records: str | None, settings: Settings, task: Task) -> str:
    """Do one fit in this process, unless it is there."""
    at = bench(out, records, settings)
    sampler = _sampler(at.scheme)
    if task.at is None:
        read_fit(Path(out), at, task, sampler)
    else:
        read_set(Path(out), at, task.at, settings.seed, sampler)
    return task.name


def read_fit(out: Path, at: Bench, task: Task, sampler: Sampler | None = None) -> Fit:
    """A fit of the records; made when it is not there and a sampler is given."""
    targets = at.targets if task.shuffle is None else dealt(at.targets, task.shuffle)
    data = at.scheme.data(targets, task.without, task.without_start)
    key = key_of(at.key, asdict(task))

    def make() -> dict[str, Any]:
        assert sampler is not None
        fit = sampler.fit(data, seed=int(key[:7], 16))
        return {"z": fit.z.astype(np.float32), "facts": [fit.divergent, fit.r_hat, fit.effective]}

    found = kept(out / "fits" / f"{task.name}.npz", key, make)
    divergent, r_hat, effective = (float(x) for x in found["facts"])
    return Fit(np.asarray(found["z"], np.float64), int(divergent), r_hat, effective)


def read_set(
    out: Path, at: Bench, number: int, seed: int, sampler: Sampler | None = None
) -> dict[str, Any] | None:
    """What is known of a synthetic data set; made when it is not there and a sampler is given, else None."""
    path = out / "sets" / f"{number:04d}.npz"
    key = key_of(at.key, number, seed, _code("predict.py", "run.py"))
    if sampler is None:
        return read(path, key)

    def make() -> dict[str, Any]:
        u, targets = reporting.data_set(at.truths, at.unknowns, at.targets, number, seed)
        data = at.scheme.data(targets)
        fit = sampler.fit(data, seed=1000 + number)
        truth = norm.ppf(np.clip(u, 1e-6, 1.0 - 1e-6))
        scores = predict.scores(at.scheme, fit.flat, data, 1000 + number, truth)
        return summary(fit, u) | scores

    return kept(path, key, make)


def summary(fit: Fit, u: Any) -> dict[str, Any]:
    """Rank, intervals, mean and variance of every unknown, on the scale of its prior's shares."""
    drawn = norm.cdf(fit.flat)
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
    workers = min(jobs or os.cpu_count() or 1, len(wanted))
    calls = (joblib.delayed(work)(str(out), records, settings, task) for task in wanted)
    pool = joblib.Parallel(n_jobs=workers, batch_size=1, return_as="generator_unordered")
    for done, name in enumerate(pool(calls), start=1):
        if progress:
            progress(done, len(wanted), f"Fitting ({name})")


def _code(*names: str) -> str:
    """Checksum of modules that a result depends on."""
    here = Path(__file__).parent
    return key_of([(here / name).read_text(encoding="utf-8") for name in names])


def key_of(*parts: Any) -> str:
    """Checksum of plain data and arrays."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(np.ascontiguousarray(part).tobytes())
        else:
            digest.update(json.dumps(part, sort_keys=True, default=str).encode())
    return digest.hexdigest()


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
