"""`clfz compare`, `run`, `sweep`, `report`: from a question to a folder with a report."""

import shlex
from collections.abc import Callable, Iterable, Iterator
from functools import partial
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

    from clfz.comparisons import compare as work

    settings = options.given(**asked, jobs=jobs, cluster=cluster, overrides=fixed or None)
    settings["posterior"] = posterior
    _finish(partial(work, question, **settings), folder, line, json=json, quiet=quiet)


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

    from clfz.comparisons import simulate as work

    settings = options.given(**asked, jobs=jobs, cluster=cluster, overrides=fixed or None)
    settings["shocks"] = tuple(shock or ())
    _finish(partial(work, zone, programme, **settings), folder, line, json=json, quiet=quiet)


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

    from clfz.analysis import sweep as analysis
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
    page = analysis.build(done)
    texts = map(console.paragraph, analysis.failures(done))
    tell(folder, page, lambda: analysis.facts(done), texts, json=json, quiet=quiet)
    if not (json or quiet):
        console.show(f'In Python: clfz.load("{folder}").joined()')


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
    keep(result, Path(folder))
    _tell_result(result, Path(folder), json=json, quiet=quiet)


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


def tell(
    folder: Path,
    page: Path | None,
    facts: Callable[[], dict[str, Any]],
    texts: Iterable[str],
    *,
    json: bool,
    quiet: bool,
) -> None:
    """Print everything as one JSON object; or what was found in words, and where it is.

    Ctrl-C meanwhile loses nothing, since the results are complete.
    """
    try:
        if json:
            where = {"folder": str(folder), "report": str(page) if page else None}
            console.show(console.as_json(where | facts()))
            return
        for text in () if quiet else texts:
            console.show(f"{text}\n")
    except KeyboardInterrupt:
        console.note(f"\nStopped. The results are complete: {folder}")
        raise typer.Exit(STOPPED) from None
    console.show(f"Results: {folder}")
    if page:
        console.show(f"Report:  {page}")


def _finish(
    work: Callable[..., Any], folder: Path, line: list[str], *, json: bool, quiet: bool
) -> None:
    """Do the work with progress, keep it, say where it is and what it says."""
    note_replacement(folder, quiet)
    told = None if quiet else console.note
    with console.progress(quiet) as moved:
        result = work(progress=moved, command=repeated(line), out=folder, note=told)
    _tell_result(result, folder, json=json, quiet=quiet)


def _tell_result(result: Any, folder: Path, *, json: bool, quiet: bool) -> None:
    """Print the paths, the key sentences and the programmes, or everything as one JSON object."""
    from clfz.report import terminal

    page = folder / "report.html"

    def facts() -> dict[str, Any]:
        return {
            "name": result.manifest.get("name"),
            "complete": result.complete,
            "run_id": result.manifest.get("run_id"),
            "seed": result.manifest.get("seed"),
            "sentences": terminal.sentences(result),
            "measures": result.summary.to_dict("records"),
        }

    def texts() -> Iterator[str]:
        yield from map(console.paragraph, terminal.sentences(result, together=True))
        wide = console.width() >= _ROOM
        if found := terminal.table(result, wide=wide):
            yield console.table(*found)
            yield console.paragraph(terminal.legend(result, wide=wide))

    tell(folder, page, facts, texts(), json=json, quiet=quiet)
