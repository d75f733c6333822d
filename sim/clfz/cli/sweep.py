"""`clfz sweep`: a study from its file to a folder of results; the same command resumes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from clfz.cli import options, progress, tables
from clfz.cli.mistakes import Mistake
from clfz.inputs.file_errors import advice, reason


def sweep(
    file: Annotated[str, typer.Argument(metavar="STUDY", help="Name or file of a study.")],
    replicates: options.Replicates = None,
    draws: options.Draws = None,
    jobs: options.Jobs = None,
    cluster: options.Cluster = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run every world of a study and keep each as it comes.

    When it was stopped, killed or short of disk, the same command does what is missing. More
    --replicates or --draws let a finished study grow; nothing is done twice.
    """
    from clfz.cli.catalogue import load

    spec = load("study", file)
    place = _place(out, spec.name)
    asked = {"replicates": replicates, "draws": draws}
    more = {name: value for name, value in asked.items() if value is not None}

    from clfz.runs.runner import run
    from clfz.runs.study import Study

    study = Study.of(spec.model_copy(update=more))
    if not quiet:
        told = study.told()
        typer.echo(f"{told[0].upper()}{told[1:]}. Results go to {place}", err=True)
    with progress.shown(quiet) as moved:
        done = run(study, place, progress=moved, note=progress.note, jobs=jobs, cluster=cluster)
    from clfz.analysis.sweep import build

    page = build(done)
    _tell(done, page, json=json, quiet=quiet)


def _place(out: str | None, name: str) -> Path:
    if out is not None and not out.strip():
        raise Mistake("--out is empty. Write a folder, for example --out results/mine.")
    folder = Path(out) if out is not None else Path("results") / name
    try:
        if folder.exists() and not folder.is_dir():
            raise Mistake(f"{folder} is a file. Give a folder, for example --out results/{name}.")
    except OSError as error:
        raise Mistake(
            f"Nothing can be written to {folder}: {reason(error)}.{advice(error)}"
        ) from error
    return folder


def _tell(done: Any, page: Path | None, *, json: bool, quiet: bool) -> None:
    """Print where the results are, and the failures if there are any."""
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
    if json:
        tables.show(tables.as_json(facts))
        return
    if len(done.failures) and not quiet:
        first = done.failures.iloc[0]
        tables.show(
            f"{len(done.failures)} of {done.study.runs} runs failed; the first is run "
            f"{first['run_id']}: {first['reason']}."
        )
    tables.show(f"Results: {done.folder}")
    if page:
        tables.show(f"Report:  {page}")
    if not quiet:
        tables.show(f'In Python: clfz.load("{done.folder}").joined()')
