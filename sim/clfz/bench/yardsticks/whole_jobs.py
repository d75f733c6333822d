"""Whole jobs as a user meets them: a small run typed at a prompt, and the headline comparison."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

ROOT = Path(__file__).parents[3]
SMALL_JOB = ("run", "budhpura", "none", "--months", "12", "--replicates", "2")


def small_job_seconds(repeats: int) -> np.ndarray:
    """Wall seconds of a small job in a new process, after one more run that warms the cache."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        line = [sys.executable, "-m", "clfz", *SMALL_JOB, "--quiet", "--out", f"{folder}/small"]
        for _ in range(repeats + 1):
            started = time.perf_counter()
            subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
            taken.append(time.perf_counter() - started)
    return np.array(taken[1:])


def outside_compiled(small: bool = False) -> dict[str, float]:
    """How much of the headline comparison is spent outside the compiled call.

    Args:
        small: Two worlds of two years instead of 100 of nine.

    Returns:
        Shares of wall time, without and with writing the folder and its report, and seconds of
        processor time inside, outside, and for the folder.
    """
    from clfz.cli import output
    from clfz.comparisons import compare
    from clfz.model import run

    inside: list[tuple[float, float]] = []
    compiled = run.run_batch

    def clocked(*arguments: Any) -> None:
        start = now()
        compiled(*arguments)
        inside.append(since(start))

    size: dict[str, Any] = {"draws": 1, "replicates": 2, "months": 24} if small else {}
    compare("headline", draws=1, replicates=1, months=12)  # nothing is compiled or loaded below
    with tempfile.TemporaryDirectory() as folder:
        with patch.object(run, "run_batch", clocked):
            start = now()
            result = compare("headline", **size)
            wall, cpu = since(start)
        start = now()
        output.keep(result, Path(folder) / "headline")
        kept_wall, kept_cpu = since(start)
    inside_wall, inside_cpu = np.sum(inside, axis=0).tolist()
    return {
        "outside_compiled_share": 1 - inside_wall / wall,
        "outside_compiled_share_with_report": 1 - inside_wall / (wall + kept_wall),
        "headline_inside_cpu_s": inside_cpu,
        "headline_outside_cpu_s": cpu - inside_cpu,
        "headline_report_cpu_s": kept_cpu,
    }


def now() -> tuple[float, float]:
    """Wall and processor seconds."""
    return time.perf_counter(), time.process_time()


def since(start: tuple[float, float]) -> tuple[float, float]:
    """Wall and processor seconds since then."""
    return time.perf_counter() - start[0], time.process_time() - start[1]
