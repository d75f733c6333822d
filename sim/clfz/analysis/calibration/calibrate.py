"""`clfz calibrate`: from the reports to a posterior with everything that says how far to trust it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from clfz.analysis.calibration import posterior
from clfz.analysis.calibration.checks import Checks, check_all
from clfz.analysis.calibration.run import Progress, Settings, fit_all, prepare, read_fit, tasks


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
        CalibrationError: A library is missing.
        StudyError: The folder holds something else, is in use, or cannot be written.
    """
    started = time.perf_counter()
    folder, settings = Path(out), settings or Settings()
    bench = prepare(folder, records, settings, jobs, cluster, progress)
    wanted = tasks(bench.targets, settings)
    fit_all(folder, records, settings, wanted, jobs, progress)
    if progress:
        progress(0, 1, "Checking")
    checks = check_all(folder, bench, settings)
    posterior.write(folder / posterior.FILE, read_fit(folder, bench, wanted[0]), bench.unknowns)
    write_checks(folder / "checks.csv", checks)
    _write(
        folder / "manifest.json",
        json.dumps(_manifest(folder, bench, settings, command, started), indent=1) + "\n",
    )
    from clfz.analysis.calibration.report import build

    build(folder, checks, bench, settings)
    return checks


def write_checks(path: Path, checks: Checks) -> None:
    """Write the table of checks."""
    import pandas as pd

    frame = pd.DataFrame(checks.rows, columns=["check", "item", "value", "bar", "ok"])
    _write(path, frame.to_csv(index=False, lineterminator="\n"))


def _manifest(
    folder: Path, bench: Any, settings: Settings, command: str, started: float
) -> dict[str, Any]:
    import hashlib
    from dataclasses import asdict
    from datetime import UTC, datetime

    from clfz.runs.manifest import fingerprint, git_state, machine, versions

    file = (folder / posterior.FILE).read_bytes()
    return {
        "schema_version": 1,
        "what": "calibration",
        "command": command,
        "created_utc": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "wall_seconds": round(time.perf_counter() - started, 1),
        "settings": asdict(settings),
        "records": list(bench.targets.records),
        "counts": bench.targets.counts.astype(int).tolist(),
        "starts": bench.targets.starts,
        "unknowns": list(bench.unknowns.names),
        "model": fingerprint(),
        "made_from": bench.key,
        "versions": versions() | _libraries(),
        "git": git_state(Path(__file__).parent),
        "machine": machine(),
        "files": {posterior.FILE: {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}},
    }


def _libraries() -> dict[str, str]:
    from importlib import metadata

    return {name: metadata.version(name) for name in ("jax", "numpyro", "optax", "arviz", "scipy")}


def _write(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
