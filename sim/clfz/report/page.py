"""The report: one HTML file that needs nothing else, and the figures beside it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from clfz.report import advice, sureness, tables, zone
from clfz.report.doubts import swings
from clfz.report.figures.after import stays, zone_status
from clfz.report.figures.fan import fan
from clfz.report.figures.money import plane, spending
from clfz.report.figures.near import nearness
from clfz.report.figures.plot import Plot, save
from clfz.report.figures.spread import differences, dots
from clfz.report.figures.who import attribution, equity
from clfz.report.fill import fill
from clfz.report.labels import full_place, limits, place, where_and_when
from clfz.report.learned import before_and_after
from clfz.report.numbers import GAIN, UNIT_COST, Numbers
from clfz.report.phrases import Phrases
from clfz.report.remarks import Remarks
from clfz.report.words import Words
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
    """Draw every figure that the result has numbers for: key in the template -> figure."""
    drawn: dict[str, Plot | None] = {"fan": fan(numbers, "child_labour_rate", "fan-child-labour")}
    if numbers.has("out_of_school_rate@end"):
        drawn["fan_school"] = fan(numbers, "out_of_school_rate", "fan-out-of-school")
        if zone.possible(numbers):
            free = any(zone.passing(numbers).values())
            drawn["zone"] = zone_status(numbers) if free else nearness(numbers)
    drawn["dots"] = dots(numbers)
    if numbers.plans:
        drawn["differences"] = differences(numbers)
        drawn["equity"] = equity(numbers)
        drawn["stays"] = stays(numbers)
        drawn["attribution"] = attribution(numbers)
        drawn["spending"] = spending(numbers)
        if numbers.has(UNIT_COST) and numbers.has(GAIN):
            drawn["plane"] = plane(numbers)
    return {key: plot for key, plot in drawn.items() if plot is not None}


def html(numbers: Numbers, plots: Mapping[str, Plot]) -> str:
    """Fill the template."""
    words, phrases = Words(numbers), Phrases(numbers)
    remarks = Remarks(words)
    manifest = numbers.manifest
    asked = (*tables.SIDE_BY_SIDE, *tables.FOR_MONEY)
    shown = [measure for _, _, measure in asked if numbers.has(measure)]
    reported = tables.reported(phrases, first_year=False)
    if reported is not None:
        shown += tables.REPORTED
    used = [describe(measure).definition_id for measure in shown]
    used += [plot.definition_id for plot in plots.values()]
    text = fill(
        Path(__file__).with_name("template.html"),
        place=place(manifest),
        where=where_and_when(manifest),
        full_place=full_place(manifest),
        question=manifest.get("question") or manifest.get("title") or "",
        zone=manifest.get("zone", {}),
        shocks=manifest.get("shocks", ()),
        complete=numbers.result.complete,
        incomplete_reason=manifest.get("incomplete_reason") or "some runs are missing",
        words=words,
        answer=[sentence for sentence in words.answer() if sentence],
        sections=_SECTIONS,
        remarks=remarks.all(),
        warnings=sureness.warnings(numbers),
        reading=sureness.reading(numbers),
        changes=advice.changes(words),
        next_steps=advice.next_steps(words),
        zone_said=remarks.zone(),
        swings=swings(numbers),
        learned=before_and_after(numbers),
        for_money=tables.for_money(phrases),
        buys=tables.best_buys(numbers),
        plots={key: _shown(plot) for key, plot in plots.items()},
        programmes=tables.programmes(phrases),
        pairs=tables.pairs(phrases),
        reported=reported,
        first_year=tables.reported(phrases, first_year=True),
        costs=tables.costs_by_line(numbers),
        assumptions=tables.assumptions(manifest),
        parameters=tables.parameters(manifest),
        scenarios=numbers.everyone,
        limits=limits(manifest),
        money=money_words(numbers),
        definitions=tables.definitions(used),
        facts=facts(numbers),
        command=manifest.get("command") or "",
    )
    text = text.replace(_SECTIONS, contents(text))
    return text if text.endswith("\n") else text + "\n"


def contents(page: str) -> str:
    """Return links to the sections of a page."""
    found = _SECTION.findall(page)
    return " · ".join(f'<a href="#{anchor}">{title}</a>' for anchor, title in found)


def _shown(plot: Plot) -> dict[str, Any]:
    """Return what the template needs of a figure; its SVG is our own markup."""
    return {
        "name": plot.name,
        "title": plot.title,
        "wide": Markup(plot.wide),
        "narrow": Markup(plot.narrow),
        "description": plot.description,
        "table": tables.of_frame(plot.table),
    }


def money_words(numbers: Numbers) -> str:
    """Say whose money, of which year, and whether later money counts for less."""
    reporting = numbers.manifest.get("reporting", {})
    year = reporting.get("price_year")
    text = f"Money is in {numbers.currency}" + (f" of {year}" if year else "") + ". "
    society = reporting.get("perspective") == "society"
    text += "It is what the programme " + ("and employers spend" if society else "spends")
    text += ", transfers to families " + (
        "included." if reporting.get("count_transfers", True) else "left out."
    )
    later = float(reporting.get("discount_rate_outcomes") or 0)
    if later:
        text += f" A child-year counts for less the later it is: {100 * later:g} in 100 a year."
    rate = float(reporting.get("discount_rate_costs") or 0)
    total = [numbers.row("cost_total", plan.name)["mean"] for plan in numbers.plans]
    spent = [numbers.row("cost_spent", plan.name)["mean"] for plan in numbers.plans]
    same = all(abs(a - b) <= 1e-6 * max(abs(b), 1.0) for a, b in zip(total, spent, strict=True))
    if same:
        return text + " Later money counts in full."
    return text + (
        f" In “Cost”, money spent later counts for less: {100 * rate:g} in 100 a year. Money by "
        "line and by year is what is paid out, in full."
    )


def citation(manifest: Mapping[str, Any]) -> str:
    """Say how to quote a figure."""
    version = manifest.get("versions", {}).get("clfz", "")
    run = manifest.get("run_id", "")
    made = str(manifest.get("created_utc", ""))[:10]
    name = f"clfz {version}".strip()
    return f"{name}, a simulator of child-labour-free zones; run {run}, {made}".strip(" ,;")


def _origin(manifest: Mapping[str, Any]) -> str:
    """Say where the draws come from."""
    told = manifest.get("posterior")
    if not told:
        return "what was believed before calibration (the prior)"
    return f"the posterior of {told['name']} ({told['draws']} draws, sha256 {told['sha256'][:12]})"


def facts(numbers: Numbers) -> list[tuple[str, str]]:
    """Return what is needed to repeat the runs."""
    manifest = numbers.manifest
    runs, draws = numbers.runs, numbers.draws
    versions = manifest.get("versions", {})
    git = manifest.get("git", {})
    commit = str(git.get("commit", ""))[:12]
    if commit and git.get("dirty"):
        commit += ", with changes not yet committed"
    changed = ", ".join(f"{key} = {value}" for key, value in manifest.get("set", {}).items())
    seconds = manifest.get("wall_seconds")
    rows = [
        (
            "Runs",
            f"{runs} for each programme: {draws} draws of the parameters (sets of assumptions), "
            f"{runs / draws:g} replicates each (rolls of luck)",
        ),
        ("Parameters drawn from", _origin(manifest)),
        ("Seed", str(manifest.get("seed", ""))),
        ("Comparison", str(manifest.get("name", ""))),
        ("Changed by hand", changed),
        ("Run", str(manifest.get("run_id", ""))),
        ("Made", str(manifest.get("created_utc", ""))),
        ("Time for the runs", f"{seconds:.0f} s" if isinstance(seconds, int | float) else ""),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("Source code", commit),
        ("Licence", str(manifest.get("licence", "Apache-2.0"))),
    ]
    return [(name, value) for name, value in rows if value]
