"""What a result says about itself: the question, the inputs, the seeds, the versions, the time.

Keys of a manifest (the report reads these; all but the first four may be missing):

    schema_version, programme_months, after_months, baseline
    run_id, complete, incomplete_reason, created_utc, wall_seconds, command, seed, draw_ids
    name, title, question, reporting {currency, price_year, discount_rate_costs, ...}
    draws, replicates, set {name: value}
    posterior {name, draws, sha256}                          when parameters were drawn from one, not from the prior
    zone {name, title, country, summary, start, record, place_certainty, ...}
    scenarios [{name, title, summary, sentences [text], interventions [all their fields]}]
                                                             the first is the baseline
    shocks [{name, title, summary, and all their fields}]
    cost_lines {line: words}                                 for the lines of the costs table
    parameters [{name, unit, meaning, source, prior {kind, low, high, value}}]
    assumptions [{what, value, low, high, source}]
    zone_test {out_of_school, child_labour, months}
    versions {name: version}, git {commit, dirty}, machine {system, processor, threads}
    licence, files {path: {bytes, sha256}}                   the last is filled by `results.write`
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1
_ROOT = Path(__file__).resolve().parents[1]
_SOURCES = (
    "model",
    "programme",
    "inputs",
    "inputs/indicators.csv",
    *(
        f"runs/{n}.py"
        for n in ("zone_data", "evaluate", "replications", "budgets", "measures", "chunk")
    ),
)
_PACKAGES = ("clfz", "numpy", "numba", "mesa", "pandas", "pyarrow")


def make_manifest(
    *,
    comparison: Mapping[str, Any],
    zone: Mapping[str, Any],
    scenarios: Sequence[Mapping[str, Any]],
    shocks: Sequence[Mapping[str, Any]] = (),
    parameters: Sequence[Mapping[str, Any]] = (),
    cost_lines: Mapping[str, str] | None = None,
    command: str = "",
    draw_ids: Sequence[int] = (),
    posterior: Mapping[str, Any] | None = None,
    wall_seconds: float | None = None,
    created: datetime | None = None,
) -> dict[str, Any]:
    """Return the manifest of a whole comparison; plain JSON values only.

    Args:
        comparison: the resolved comparison file (its fields are copied in).
        zone: the resolved zone file; inputs whose source begins with "assumed" are listed.
        scenarios: for each scenario name, title, summary, sentences, interventions; the baseline first.
        shocks: for each shock its name, title, summary and other fields.
        parameters: the entries of `calibration/priors.yaml`.
        cost_lines: words for each line of the costs table.
        command: the line that repeats the run.
        draw_ids: ids of the parameter draws that were used.
        posterior: which posterior the parameters were drawn from; None for the prior.
        wall_seconds: how long the runs took.
        created: when, in UTC; now when not given.
    """
    when = created or datetime.now(UTC)
    fields = {key: value for key, value in comparison.items() if key not in {"zone", "shocks"}}
    manifest: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        **fields,
        "baseline": str(scenarios[0]["name"]),
        "complete": True,
        "created_utc": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "wall_seconds": wall_seconds,
        "command": command,
        "draw_ids": list(draw_ids),
        **({"posterior": dict(posterior)} if posterior else {}),
        "zone": dict(zone),
        "scenarios": [dict(scenario) for scenario in scenarios],
        "shocks": [dict(shock) for shock in shocks],
        "cost_lines": dict(cost_lines or {}),
        "parameters": [dict(parameter) for parameter in parameters],
        "assumptions": list(assumed_inputs(zone)),
        "versions": versions(),
        "git": git_state(Path(__file__).parent),
        "machine": machine(),
        "licence": "Apache-2.0",
    }
    manifest["run_id"] = run_id(manifest)
    return manifest


def run_id(manifest: Mapping[str, Any]) -> str:
    """Return 12 hex digits that depend on the inputs alone, not on the time or the machine."""
    left_out = {"created_utc", "wall_seconds", "machine", "git", "files", "run_id", "command"}
    inputs = {key: value for key, value in manifest.items() if key not in left_out}
    text = json.dumps(inputs, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def assumed_inputs(node: Any, path: str = "") -> Iterable[dict[str, Any]]:
    """Yield every input of a zone file whose source begins with "assumed"."""
    if isinstance(node, Mapping):
        if str(node.get("source", "")).lower().startswith("assumed") and "value" in node:
            kept = {key: node.get(key) for key in ("value", "low", "high", "source")}
            yield {"what": path, **kept}
            return
        for key, child in node.items():
            yield from assumed_inputs(child, f"{path}: {key}" if path else str(key))


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that numbers depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


@cache
def fingerprint() -> str:
    """Which model makes the numbers, 16 digits; two equal ones mean the same numbers to the last bit.

    A checksum of every source that a run depends on and of the packages that compute.
    """
    digest = hashlib.sha256()
    for package in ("numpy", "numba"):
        digest.update(f"{package} {metadata.version(package)}\n".encode())
    for name in _SOURCES:
        path = _ROOT / name
        for source in [path] if path.is_file() else sorted(path.rglob("*.py")):
            # line ends differ between systems, the model does not
            digest.update(source.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def machine() -> dict[str, Any]:
    """Return what kind of computer ran it; nothing that names the computer or its user."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "threads": os.cpu_count() or 1,
    }


def git_state(folder: Path) -> dict[str, Any]:
    """Return the commit and whether files were changed since; empty outside a git checkout."""

    def ask(*words: str) -> str:
        answer = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return answer.stdout.strip()

    try:
        # Installed inside somebody else's repository is not our commit.
        ask("ls-files", "--error-unmatch", str(folder / "manifest.py"))
        return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return {}
