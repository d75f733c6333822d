"""What a study of many runs costs on this machine, and beside `mesa.batch_run`.

`python -m clfz.bench.yardsticks.studies [--backend loky] [--points 100]` runs the study of 10 000 runs, or fewer
points of it; `--mesa` runs the same 200 runs both ways. `docs/studies.md` holds what it said.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from clfz.inputs import find

STUDY = find.folder_of("study") / "budhpura-10000.yaml"
REPLICATES, MONTHS, AFTER = 100, 48, 12


def large(points: int | None, backend: str, jobs: int) -> dict[str, Any]:
    """Run the large study: runs a second, share of time outside compiled code, peak memory.

    Args:
        points: Points of its design; None for all 1000 (10 000 runs).
        backend: `threads` or `loky`.
        jobs: Threads, or processes.

    Returns:
        Seconds are wall time from the file to the results read back. The share outside compiled code is of wall time
        while runs are made; of processor time (threads only; other programs disturb it less) it is of everything.
        Memory is the largest that a process ever held (Linux and macOS), in megabytes of 2**20 bytes.
    """
    import clfz
    from clfz.inputs import load_study_file
    from clfz.model import run as engine
    from clfz.runs.study import Study

    inside: list[float] = []
    compiled = engine.run_batch

    def clocked(*arguments: Any) -> None:
        start = time.process_time()
        compiled(*arguments)
        inside.append(time.process_time() - start)

    spec = load_study_file(STUDY)
    if points is not None and spec.design is not None:
        design = spec.design.model_copy(update={"points": points})
        spec = spec.model_copy(update={"design": design})
    with tempfile.TemporaryDirectory() as folder:
        started, busy = time.perf_counter(), time.process_time()
        with patch.object(engine, "run_batch", clocked):
            done = clfz.run_study(
                Study.of(spec), Path(folder) / "study", backend=backend, jobs=jobs
            )
        runs = len(done.runs)
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
        log = (Path(folder) / "study" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [json.loads(line) for line in log]
    stops = [line for line in lines if "compiled_seconds" in line]
    working = sum(line["seconds"] for line in stops) * (1 if backend == "threads" else jobs)
    return {
        "runs": runs,
        "seconds": seconds,
        "runs_per_second": runs / seconds,
        "outside_compiled_share": 1.0 - sum(line["compiled_seconds"] for line in stops) / working,
        **({"outside_processor_share": 1.0 - sum(inside) / busy} if inside else {}),
        **memory(backend),
    }


def memory(backend: str) -> dict[str, float]:
    """Peak memory of this process and of the largest worker that has ended, megabytes."""
    import resource
    import sys

    unit = 2**20 if sys.platform == "darwin" else 2**10
    found = {"parent_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}
    if backend == "loky":
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)
        found["worker_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    return found


def beside_mesa(replicates: int = REPLICATES) -> dict[str, float]:
    """The same runs by `mesa.batch_run` and as a study, one process and one thread: processor time a run.

    Returns:
        Milliseconds: `mesa_ms` when each model reads its files by name, `mesa_loaded_ms` when they are read once, and
        `study_ms` with all measures, costs and attribution.

    Raises:
        ValueError: When the two do not say the same of child labour in the last month.
    """
    import mesa

    import clfz
    from clfz import ZoneModel, load_programme, load_zone

    programmes = ["none", "area-based"]
    length = {"months": MONTHS + AFTER, "programme_months": MONTHS, "seed": 1}
    named: dict[str, Any] = {"zone": ["budhpura"], "programme": programmes}
    loaded = {
        "zone": [load_zone("budhpura")],
        "programme": [load_programme(name) for name in programmes],
    }

    def by_mesa(some: int, inputs: dict[str, Any]) -> list[Any]:
        found: list[Any] = mesa.batch_run(
            ZoneModel,
            parameters={**length, **inputs, "replicate": list(range(some))},
            number_processes=1,
            data_collection_period=-1,
            display_progress=False,
        )
        return found

    def by_study(some: int, folder: str) -> Any:
        study = clfz.make_study(
            "beside-mesa",
            zones="budhpura",
            programmes=programmes,
            programme_months=MONTHS,
            after_months=AFTER,
            replicates=some,
            seed=1,
        )
        return clfz.run_study(study, Path(folder) / "study", jobs=1).runs

    for some in (2, replicates):  # the first time compiles and loads
        with tempfile.TemporaryDirectory() as folder:
            start = time.process_time()
            by_mesa(some, named)
            first = time.process_time()
            rows = by_mesa(some, loaded)
            second = time.process_time()
            runs = by_study(some, folder)
            end = time.process_time()
    name = "child_labour_rate"
    one = sorted(row[name] for row in rows)
    if not np.array_equal(one, np.sort(runs[f"{name}@last"])):
        raise ValueError("mesa.batch_run and the study do not give the same numbers")
    parts = {"mesa": first - start, "mesa_loaded": second - first, "study": end - second}
    found = {f"{way}_ms": 1000 * part / len(rows) for way, part in parts.items()}
    return {
        **found,
        "ratio": found["mesa_ms"] / found["study_ms"],
        "ratio_loaded": found["mesa_loaded_ms"] / found["study_ms"],
    }


def main() -> None:
    """Measure what was asked for and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="threads", choices=("threads", "loky"))
    parser.add_argument("--points", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--mesa", action="store_true")
    asked = parser.parse_args()
    found = beside_mesa() if asked.mesa else large(asked.points, asked.backend, asked.jobs)
    print(json.dumps({key: round(value, 4) for key, value in found.items()}, indent=1))


if __name__ == "__main__":
    main()
