"""The report: one HTML file that needs nothing else, and the figures beside it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from clfz.inputs.indicators import definition
from clfz.report import tables
from clfz.report.figures.money import plane, spending
from clfz.report.figures.over_time import fan, stays, zone_status
from clfz.report.figures.spread import differences, dots, nearness
from clfz.report.figures.who import attribution, equity
from clfz.report.fill import fill
from clfz.report.labels import full_place
from clfz.report.numbers import COST, GAIN, OUT_OF_SCHOOL, UNIT_COST, Numbers
from clfz.report.phrases import Phrases
from clfz.report.plot import Plot, save
from clfz.report.sentences import Sentences
from clfz.runs.results import ComparisonResult, plain_errors
from clfz.runs.summary import describe

_SECTIONS = Markup("<!-- sections -->")
_SECTION = re.compile(r'<section id="([^"]+)">\n<h2>(.*?)</h2>')


def build(result: ComparisonResult, folder: Path) -> Path:
    """Write `report.html` and `figures/NAME.svg`, `.csv`, `.json` into a folder.

    Args:
        result: the numbers; nothing else is read.
        folder: an existing or new folder.

    Returns:
        Path of `report.html`.

    Raises:
        ResultError: when the folder cannot be written, or the result holds no finished run.
    """
    numbers = Numbers(result)
    plots = draw_all(numbers)
    page = html(numbers, plots)
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=".report-", dir=folder))
        try:
            (place / "figures").mkdir()
            for plot in plots.values():
                save(plot, place / "figures", citation(result.manifest))
            (place / "report.html").write_text(page, encoding="utf-8")
            if (folder / "figures").exists():
                shutil.rmtree(folder / "figures")
            (place / "figures").rename(folder / "figures")
            (place / "report.html").replace(folder / "report.html")
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return folder / "report.html"


def draw_all(numbers: Numbers) -> dict[str, Plot]:
    """Return every figure that the result has numbers for: key in the template -> figure."""
    found: dict[str, Plot | None] = {"fan": fan(numbers, "child_labour_rate", "fan-child-labour")}
    if numbers.has(OUT_OF_SCHOOL):
        found["fan_school"] = fan(numbers, "out_of_school_rate", "fan-out-of-school")
        if numbers.zone_possible:
            found["zone"] = (zone_status if any(numbers.passing.values()) else nearness)(numbers)
    found["dots"] = dots(numbers)
    if numbers.plans:
        found["differences"] = differences(numbers)
        found["equity"] = equity(numbers)
        found["stays"] = stays(numbers)
        found["attribution"] = attribution(numbers)
        found["spending"] = spending(numbers)
        if numbers.has(UNIT_COST) and numbers.has(GAIN):
            found["plane"] = plane(numbers)
    return {key: plot for key, plot in found.items() if plot is not None}


def html(numbers: Numbers, plots: Mapping[str, Plot]) -> str:
    """Return the page as text."""
    manifest, plans, phrases = numbers.manifest, numbers.plans, Phrases(numbers)

    def known(columns: tables.Columns) -> tables.Columns:
        return [column for column in columns if numbers.has(column[2])]

    side_by_side, for_money = known(tables.SIDE_BY_SIDE), known(tables.FOR_MONEY)
    reported = known(tables.REPORTED) if plans else []
    used = [describe(column[2]).definition_id for column in [*side_by_side, *for_money, *reported]]
    used += [plot.definition_id for plot in plots.values()]
    text = fill(
        Path(__file__).with_name("template.html"),
        n=numbers,
        p=phrases,
        say=Sentences(numbers),
        sections=_SECTIONS,
        manifest=manifest,
        full_place=full_place(manifest),
        plots=plots,
        side_by_side=[c for c in side_by_side if plans or c[1] == "of_100"],
        pairs=tables.pairs(numbers),
        variance=tables.variance_split(numbers),
        calibrated=tables.calibrated(numbers),
        for_money=for_money if plans and numbers.has(COST) else (),
        costs=tables.costs_by_line(phrases),
        reported=reported and [*reported, *known(tables.REPORT_COSTS)],
        first_year=known(tables.FIRST_YEAR),
        definitions=[definition(key) for key in dict.fromkeys(used)],
        facts=facts(numbers),
    )
    links = (f'<a href="#{anchor}">{title}</a>' for anchor, title in _SECTION.findall(text))
    text = text.replace(_SECTIONS, " · ".join(links))
    return text if text.endswith("\n") else text + "\n"


def citation(manifest: Mapping[str, Any]) -> str:
    """Say how to quote a figure."""
    version = manifest.get("versions", {}).get("clfz", "")
    run = manifest.get("run_id", "")
    made = str(manifest.get("created_utc", ""))[:10]
    name = f"clfz {version}".strip()
    return f"{name}, a simulator of child-labour-free zones; run {run}, {made}".strip(" ,;")


def facts(numbers: Numbers) -> dict[str, str]:
    """Return what is needed to repeat the runs; an empty text where it is not known."""
    manifest, runs, draws = numbers.manifest, numbers.runs, numbers.draws
    git, told = manifest.get("git", {}), manifest.get("posterior")
    commit = str(git.get("commit", ""))[:12]
    if commit and git.get("dirty"):
        commit += ", with changes not yet committed"
    origin = "what was believed before calibration (the prior)"
    if told:
        hashed = told["sha256"][:12]
        origin = f"the posterior of {told['name']} ({told['draws']} draws, sha256 {hashed})"
    seconds = manifest.get("wall_seconds")
    return {
        "Runs": f"{runs} for each programme: {draws} draws of the parameters (sets of "
        f"assumptions), {runs / draws:g} replicates each (random draws)",
        "Parameters drawn from": origin,
        "Seed": str(manifest.get("seed", "")),
        "Comparison": str(manifest.get("name", "")),
        "Changed by hand": ", ".join(f"{k} = {v}" for k, v in manifest.get("set", {}).items()),
        "Run": str(manifest.get("run_id", "")),
        "Made": str(manifest.get("created_utc", "")),
        "Time for the runs": f"{seconds:.0f} s" if isinstance(seconds, int | float) else "",
        "Versions": ", ".join(f"{k} {v}" for k, v in manifest.get("versions", {}).items()),
        "Source code": commit,
        "Licence": str(manifest.get("licence", "Apache-2.0")),
    }
