"""Every check of a calibration as a row: check, item, value, bar, ok. A check that fails stays in the table."""

from __future__ import annotations

from pathlib import Path

from clfz.analysis.calibration.checks.book import Checks as Checks
from clfz.analysis.calibration.checks.learning import convergence, sensitivity, teaches
from clfz.analysis.calibration.checks.left_out import left_out
from clfz.analysis.calibration.checks.prediction import countries, in_place, readings, starts
from clfz.analysis.calibration.checks.synthetic import synthetic
from clfz.analysis.calibration.run import Bench, Settings, read_fit, tasks


def check_all(out: Path, bench: Bench, settings: Settings) -> Checks:
    """All checks for which the fits are there."""
    done = {task.name: task for task in tasks(bench.targets, settings)}
    fits = {
        name: read_fit(out, bench, task)
        for name, task in done.items()
        if task.at is None and (out / "fits" / f"{name}.npz").exists()
    }
    checks = Checks()
    checks.found["fits"] = fits
    checks.add("table of runs", "draws that were used", bench.rows, "", None)
    checks.add("table of runs", "runs that failed", bench.failed, "0", bench.failed == 0)
    convergence(checks, fits)
    in_place(checks, bench, fits["all"])
    left_out(checks, bench, fits)
    countries(checks, bench, fits)
    starts(checks, bench, fits)
    readings(checks, bench, fits["all"])
    teaches(checks, bench, fits)
    sensitivity(checks, bench, fits["all"])
    synthetic(checks, out, bench, settings)
    return checks
