"""`clfz run`, `clfz compare`, `clfz report`: from a question to a folder with a report."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from clfz.cli import options, output, progress, tables
from clfz.cli.mistakes import STOPPED

Work = Callable[..., Any]
_ROOM = 96  # columns for the whole table of programmes


def run(
    zone: Annotated[str, typer.Argument(metavar="ZONE", help="Name or file of a zone.")],
    programme: Annotated[
        str, typer.Argument(metavar="PROGRAMME", help="Name or file of a programme.")
    ],
    seed: options.Seed = None,
    replicates: options.Replicates = None,
    draws: options.Draws = None,
    months: options.Months = None,
    shock: options.Shock = None,
    jobs: options.Jobs = None,
    cluster: options.Cluster = None,
    out: options.Out = None,
    set_: options.Set = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run one programme in one zone, beside the same zone without it.

    Ten replicates of one set of parameters, nine years: four of programme and five after. To try
    several programmes on the same luck, write a comparison: clfz new comparison my-plans.yaml
    """
    from clfz.cli.catalogue import load
    from clfz.runs.plan import run_name

    fixed = options.overrides(set_)
    place, plan = load("zone", zone), load("programme", programme)
    shocks = tuple(shock or ())
    events = [load("shock", name).name for name in shocks]
    folder = output.place(out, run_name(place.name, plan.name, *events))
    asked = {"seed": seed, "replicates": replicates, "draws": draws, "months": months}
    words = ["run", zone, programme]
    for name in shocks:
        words += ["--shock", name]
    command = _command(words, asked, set_, out)

    def work(**settings: Any) -> Any:
        from clfz.comparisons import simulate

        return simulate(zone, programme, shocks=shocks, **settings)

    _finish(work, asked, jobs, cluster, fixed, folder, command, json=json, quiet=quiet)


def compare(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="Name or file of a comparison.")
    ] = "headline",
    seed: options.Seed = None,
    replicates: options.Replicates = None,
    draws: options.Draws = None,
    months: options.Months = None,
    jobs: options.Jobs = None,
    cluster: options.Cluster = None,
    out: options.Out = None,
    set_: options.Set = None,
    posterior: options.Posterior = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare programmes in one zone, on the same people and the same luck, and write the report.

    Without FILE it is the shipped headline comparison: eight programmes, 100 worlds each.
    """
    from clfz.cli.catalogue import load

    fixed = options.overrides(set_)
    question = load("comparison", file)
    folder = output.place(out, question.name)
    asked = {"seed": seed, "replicates": replicates, "draws": draws, "months": months}
    words = ["compare", file] + (["--posterior", posterior] if posterior else [])
    command = _command(words, asked, set_, out)

    def work(**settings: Any) -> Any:
        from clfz.comparisons import compare as compare_all

        return compare_all(question, posterior=posterior, **settings)

    _finish(work, asked, jobs, cluster, fixed, folder, command, json=json, quiet=quiet)


def report(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A result folder.")],
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Write the report of a result folder again, from its numbers. Nothing is simulated."""
    from clfz.runs.results import read

    place = Path(folder)
    # A result that lacks runs says so in its report.
    result = read(place, allow_incomplete=True)
    page = output.keep(result, place)
    _tell(result, place, page, json=json, quiet=quiet)


def _finish(
    work: Work,
    asked: dict[str, int | None],
    jobs: int | None,
    cluster: str | None,
    fixed: dict[str, float],
    folder: Path,
    command: str,
    *,
    json: bool,
    quiet: bool,
) -> None:
    """Do the work with progress, keep it, say where it is and what it says."""
    settings = {
        name: value for name, value in (asked | {"jobs": jobs}).items() if value is not None
    }
    output.note_replacement(folder, quiet)
    with progress.shown(quiet) as moved:
        result = work(
            **settings,
            overrides=fixed or None,
            progress=moved,
            command=command,
            out=folder,
            note=None if quiet else progress.note,
            cluster=cluster,
        )
    try:
        _tell(result, folder, folder / "report.html", json=json, quiet=quiet)
    except KeyboardInterrupt:
        typer.echo(f"\nStopped. The results are complete: {folder}", err=True)
        raise typer.Exit(STOPPED) from None


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
        tables.show(tables.as_json(facts))
        return
    if not quiet:
        for text in terminal.paragraphs(result):
            tables.show(tables.paragraph(text) + "\n")
        wide = tables.width() >= _ROOM
        if found := terminal.table(result, wide=wide):
            tables.show(tables.table(*found) + "\n")
            tables.show(tables.paragraph(terminal.legend(result, wide=wide)) + "\n")
    tables.show(f"Results: {folder}")
    tables.show(f"Report:  {page}")


def _command(
    words: list[str], asked: dict[str, int | None], fixed: list[str] | None, out: str | None
) -> str:
    """The line that repeats a run; how many cores and what was printed changes no number."""
    line = ["clfz", *words]
    for name, value in asked.items():
        line += [] if value is None else [f"--{name}", str(value)]
    for text in fixed or ():
        line += ["--set", text]
    line += [] if out is None else ["--out", out]
    return shlex.join(line)
