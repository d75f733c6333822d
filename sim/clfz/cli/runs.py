"""`clfz compare`, `run`, `sweep`, `report`: from a question to a folder with a report."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from clfz.cli import console, options
from clfz.cli.group import command
from clfz.cli.mistakes import STOPPED, load, result_folder, study_folder
from clfz.cli.options import Number, Text, Texts

_ROOM = 96  # columns for the whole table of programmes


@command(
    "Compare programmes in one zone; writes a report.",
    "clfz compare",
    "clfz compare quick",
    "clfz compare my-plans.yaml --draws 10 --out results/first-look",
)
def compare(
    file: str = options.argument("[FILE]", "Name or file of a comparison.", "headline"),
    seed: Number = options.SEED,
    replicates: Number = options.REPLICATES,
    draws: Number = options.DRAWS,
    months: Number = options.MONTHS,
    jobs: Number = options.JOBS,
    cluster: Text = options.CLUSTER,
    out: Text = options.OUT,
    set_: Texts = options.SET,
    posterior: Text = options.POSTERIOR,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Compare programmes in one zone, on the same people and random draws, and write the report.

    Without FILE it is the shipped headline comparison: eight programmes, 100 replications each.
    """
    fixed = options.overrides(set_)
    question = load("comparison", file)
    folder = result_folder(out, question.name)
    asked = {"seed": seed, "replicates": replicates, "draws": draws, "months": months}
    line = ["compare", file, *options.words(posterior=posterior, **asked, set=set_, out=out)]

    def work(**settings: Any) -> Any:
        from clfz.comparisons import compare as compare_all

        return compare_all(question, posterior=posterior, **settings)

    settings = options.given(**asked, jobs=jobs, cluster=cluster, overrides=fixed or None)
    _finish(work, settings, folder, line, json=json, quiet=quiet)


@command(
    "Run one programme beside no programme; writes a report.",
    "clfz run budhpura area-based",
    "clfz run budhpura my-programme.yaml --draws 20 --out results/mine",
    "clfz run mali-1 cash-transfer --set subsistence=0.4",
    "clfz run chipinge cash-transfer --shock drought",
)
def run(
    zone: str = options.ZONE,
    programme: str = options.PROGRAMME,
    seed: Number = options.SEED,
    replicates: Number = options.REPLICATES,
    draws: Number = options.DRAWS,
    months: Number = options.MONTHS,
    shock: Texts = options.SHOCK,
    jobs: Number = options.JOBS,
    cluster: Text = options.CLUSTER,
    out: Text = options.OUT,
    set_: Texts = options.SET,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Run one programme in one zone, beside the same zone without it.

    Ten replicates of one set of parameters, nine years: four of programme and five after. To try
    several programmes on the same random draws, write a comparison: clfz new comparison my-plans.yaml
    """
    from clfz.runs.plan import run_name

    fixed = options.overrides(set_)
    place, plan = load("zone", zone), load("programme", programme)
    events = [load("shock", name).name for name in shock or ()]
    folder = result_folder(out, run_name(place.name, plan.name, *events))
    asked = {"seed": seed, "replicates": replicates, "draws": draws, "months": months}
    line = ["run", zone, programme, *options.words(shock=shock, **asked, set=set_, out=out)]

    def work(**settings: Any) -> Any:
        from clfz.comparisons import simulate

        return simulate(zone, programme, shocks=tuple(shock or ()), **settings)

    settings = options.given(**asked, jobs=jobs, cluster=cluster, overrides=fixed or None)
    _finish(work, settings, folder, line, json=json, quiet=quiet)


@command(
    "Run a study: grids and samples of anything; resumes.",
    "clfz sweep small",
    "clfz sweep my-study.yaml --out results/mine",
    "clfz sweep small --replicates 16",
)
def sweep(
    file: str = options.argument("STUDY", "Name or file of a study."),
    replicates: Number = options.REPLICATES,
    draws: Number = options.DRAWS,
    jobs: Number = options.JOBS,
    cluster: Text = options.CLUSTER,
    out: Text = options.OUT,
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Run every replication of a study and keep each as it comes.

    When it was stopped, killed or short of disk, the same command does what is missing. More
    --replicates or --draws let a finished study grow; nothing is done twice.
    """
    spec = load("study", file)
    folder = study_folder(out, spec.name)

    from clfz.analysis.sweep import build
    from clfz.runs.runner import run as run_study
    from clfz.runs.study import Study

    study = Study.of(spec.model_copy(update=options.given(replicates=replicates, draws=draws)))
    if not quiet:
        told = study.told()
        console.note(f"{told[0].upper()}{told[1:]}. Results go to {folder}")
    with console.progress(quiet) as moved:
        done = run_study(
            study, folder, progress=moved, note=console.note, jobs=jobs, cluster=cluster
        )
    page = build(done)
    if json:
        facts = {
            "name": done.study.spec.name,
            "folder": str(done.folder),
            "report": str(page) if page else None,
            "complete": done.complete,
            "points": done.study.points,
            "runs": len(done.runs),
            "failures": len(done.failures),
            "measures": list(done.study.measures),
            "factors": list(done.study.factors),
        }
        console.show(console.as_json(facts))
        return
    if len(done.failures) and not quiet:
        first = done.failures.iloc[0]
        console.show(
            f"{len(done.failures)} of {done.study.runs} runs failed; the first is run "
            f"{first['run_id']}: {first['reason']}."
        )
    console.show(f"Results: {done.folder}")
    if page:
        console.show(f"Report:  {page}")
    if not quiet:
        console.show(f'In Python: clfz.load("{done.folder}").joined()')


@command("Write a result's report again.", "clfz report results/headline")
def report(
    folder: str = options.argument("DIR", "A result folder."),
    json: bool = options.JSON,
    quiet: bool = options.QUIET,
) -> None:
    """Write the report of a result folder again, from its numbers. Nothing is simulated."""
    from clfz.report import keep
    from clfz.runs.results import read

    # A result that lacks runs says so in its report.
    result = read(Path(folder), allow_incomplete=True)
    _tell(result, Path(folder), keep(result, Path(folder)), json=json, quiet=quiet)


def repeated(line: list[str]) -> str:
    """The line that repeats a run; how many cores and what was printed changes no number."""
    return shlex.join(["clfz", *line])


def note_replacement(folder: Path, quiet: bool) -> None:
    """Say that an earlier result will make room."""
    if folder.is_dir() and any(folder.iterdir()) and not quiet:
        console.note(
            f"{folder} holds an earlier result. It stays until the new one is complete, "
            "and is then replaced; files of your own in it stay."
        )


def told_where(folder: Path, tell: Callable[[], None]) -> None:
    """Tell a result that is complete; Ctrl-C while it is told loses nothing."""
    try:
        tell()
    except KeyboardInterrupt:
        console.note(f"\nStopped. The results are complete: {folder}")
        raise typer.Exit(STOPPED) from None


def _finish(
    work: Callable[..., Any],
    settings: dict[str, Any],
    folder: Path,
    line: list[str],
    *,
    json: bool,
    quiet: bool,
) -> None:
    """Do the work with progress, keep it, say where it is and what it says."""
    note_replacement(folder, quiet)
    with console.progress(quiet) as moved:
        result = work(
            **settings,
            progress=moved,
            command=repeated(line),
            out=folder,
            note=None if quiet else console.note,
        )
    page = folder / "report.html"
    told_where(folder, lambda: _tell(result, folder, page, json=json, quiet=quiet))


def _tell(result: Any, folder: Path, page: Path, *, json: bool, quiet: bool) -> None:
    """Print the paths and the key sentences, or everything as one JSON object."""
    from clfz.report import terminal

    if json:
        facts = {
            "name": result.manifest.get("name"),
            "complete": result.complete,
            "folder": str(folder),
            "report": str(page),
            "run_id": result.manifest.get("run_id"),
            "seed": result.manifest.get("seed"),
            "sentences": terminal.sentences(result),
            "measures": result.summary.to_dict("records"),
        }
        console.show(console.as_json(facts))
        return
    if not quiet:
        for text in terminal.sentences(result, together=True):
            console.show(console.paragraph(text) + "\n")
        wide = console.width() >= _ROOM
        if found := terminal.table(result, wide=wide):
            console.show(console.table(*found) + "\n")
            console.show(console.paragraph(terminal.legend(result, wide=wide)) + "\n")
    console.show(f"Results: {folder}")
    console.show(f"Report:  {page}")
