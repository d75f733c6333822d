"""One HTML file about a calibration, that opens offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.calibration.report import figures, words
from clfz.report.fill import fill
from clfz.runs.results import plain_errors

if TYPE_CHECKING:
    from clfz.analysis.calibration.checks import Checks
    from clfz.analysis.calibration.run import Bench, Settings

NAME = "report.html"


def build(out: Path, checks: Checks, bench: Bench, settings: Settings) -> Path:
    """Write the page."""
    path = out / NAME
    with plain_errors(path):
        path.write_text(html(out, checks, bench, settings), encoding="utf-8")
    return path


def html(out: Path, checks: Checks, bench: Bench, settings: Settings) -> str:
    """The page as text."""
    from markupsafe import Markup

    z = checks.found["fits"]["all"].flat
    plots = {name: [Markup(each) for each in pair] for name, pair in _plots(checks, bench).items()}
    failed = [row for row in checks.rows if row["ok"] == "no"]
    return fill(
        Path(__file__).with_name("page.html"),
        where=(
            f"{len(bench.targets.records)} records, {bench.rows} draws of the table "
            f"in {len(bench.targets.zones)} zones, seed {settings.seed}."
        ),
        warnings=[*bench.targets.warnings, *_warnings(checks, settings)],
        answer=words.answer(checks, bench),
        learned=words.learned_rows(checks, bench, z),
        torn=words.torn_rows(checks, bench),
        shuffles=len(checks.found["torn"]),
        reach=words.reach(checks),
        directions=words.directions(checks),
        nothing=words.nothing_about(checks, bench),
        moved=words.only_moved(checks, bench),
        records=len(bench.targets.records),
        places=words.places(checks, bench),
        scores=_scores(checks),
        plots=plots,
        passed=sum(row["ok"] == "yes" for row in checks.rows),
        failed=[[row[name] for name in ("check", "item", "value", "bar")] for row in failed],
        every=[list(row.values()) for row in checks.rows],
        folder=out.name,
    )


def _plots(checks: Checks, bench: Bench) -> dict[str, tuple[str, str]]:
    found = {}
    names = list(bench.unknowns.names)
    if rows := checks.found.get("left out"):
        seen = {name: bench.targets.counts[r] for r, name in enumerate(bench.targets.records)}
        found["left-out"] = figures.left_out(rows, seen)
    found["learned"] = figures.learned(names, checks.found["contraction"])
    if each := checks.found.get("synthetic"):
        order = np.argsort(-checks.found["recovery"][0])[:6].tolist()
        found["truths"] = figures.truths(names, each, order)
    return found


def _warnings(checks: Checks, settings: Settings) -> list[str]:
    said = []
    bad = [name for name, fit in checks.found["fits"].items() if not fit.converged]
    if bad:
        said.append(f"these fits did not converge: {', '.join(bad)}.")
    done = len(checks.found.get("synthetic", {}).get("truth", ()))
    if done < settings.sets:
        said.append(
            f"only {done} of {settings.sets} synthetic data sets are fitted: coverage is not known well."
        )
    return said


def _scores(checks: Checks) -> list[list[Any]]:
    return [
        [
            who[0].upper() + who[1:],
            f"{each['inside']}",
            f"{each['joint']:.1f}",
            f"{each['each']:.1f}",
            f"{each['crps']:.3f}",
        ]
        for who, each in checks.found.get("scores", {}).items()
    ]
