"""`clfz sensitivity`: which of the things we do not know moves the answer; the same command resumes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from clfz.cli import options, progress, tables
from clfz.cli.mistakes import Mistake


def sensitivity(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A zone, a comparison or a study: name or file.")
    ],
    programme: Annotated[
        str | None,
        typer.Argument(
            metavar="[PROGRAMME]", help="With a zone; or one programme of a comparison or study."
        ),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="NAME",
            help="What the indices are about, such as child_labour_rate@end. May be repeated.",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="NAME[=LOW:HIGH]",
            help="Vary this parameter, lever, zone figure or field. May be repeated. "
            "[default: everything uncertain]",
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples",
            metavar="N",
            parser=options.whole("--samples", 1, 2**20),
            help="Base samples of the Sobol indices, a power of 2; a finished analysis grows. "
            "[default: 64]",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            metavar="N",
            parser=options.whole("--seeds", 1, 10_000),
            help="Common seeds that every point is run with. [default: 5, the fewest]",
        ),
    ] = None,
    trajectories: Annotated[
        int | None,
        typer.Option(
            "--trajectories",
            metavar="N",
            parser=options.whole("--trajectories", 0, 10_000),
            help="Paths of the screening; 0 leaves it out. [default: 10]",
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            metavar="N",
            parser=options.whole("--keep", 2, 10_000),
            help="How many factors go on from the screening to the Sobol indices, at most. "
            "[default: 30]",
        ),
    ] = None,
    groups: Annotated[
        bool, typer.Option("--groups", help="Move factors of one group together.")
    ] = False,
    seed: options.Seed = None,
    jobs: options.Jobs = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Find out which uncertain things matter, and which cannot be told from zero.

    A screening sorts out what hardly moves anything; the rest gets Sobol indices with intervals.
    Every point is run with several seeds, so that luck is not taken for a cause. When it was
    stopped, the same command goes on.
    """
    from clfz.analysis import sensitivity as analysis

    asked = {
        "samples": samples,
        "seeds": seeds,
        "trajectories": trajectories,
        "keep": keep,
        "seed": seed,
    }
    more: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    plan = analysis.plan(
        source,
        programme,
        measures=tuple(measure or ()),
        vary=tuple(vary or ()),
        groups=groups,
        **more,
    )
    if out is not None and not out.strip():
        raise Mistake("--out is empty. Write a folder, for example --out results/drivers.")
    folder = Path(out) if out is not None else Path("results") / f"{plan.spec.name}-sensitivity"
    if not quiet:
        typer.echo(f"{_told(plan)} Results go to {folder}", err=True)
    with progress.shown(quiet) as moved:
        found = analysis.run(plan, folder, jobs=jobs, progress=moved, note=progress.note)
    _tell(found, json=json, quiet=quiet)


def _told(plan: Any) -> str:
    """What is going to be run, in two lines."""
    size = f"{plan.parts} groups" if plan.groups else f"{plan.parts} uncertain things"
    spec = plan.spec
    screening = f"screening along {plan.trajectories} paths, then " if plan.screened else ""
    return (
        f"{size}, {spec.replicates} common seeds, {_programmes(len(spec.programmes))}: {screening}"
        f"{plan.samples} base samples of {plan.going_on}; {plan.runs:,} runs of {spec.months} months."
    )


def _programmes(count: int) -> str:
    return "1 programme" if count == 1 else f"{count} programmes"


def _tell(found: Any, *, json: bool, quiet: bool) -> None:
    """Print what was found and where it is."""
    from clfz.analysis.sensitivity import build, stories

    page = build(found)
    told = stories(found)
    if json:
        facts = {
            "name": found.plan.spec.name,
            "folder": str(found.folder),
            "report": str(page),
            "runs": found.facts["runs"],
            "seeds": found.plan.spec.replicates,
            "samples": found.plan.samples,
            "factors": [each.name for each in found.plan.factors],
            "notes": found.facts["notes"],
            "measures": [
                {
                    "scenario": each.scenario,
                    "measure": each.measure,
                    "five": each.five,
                    "sentences": list(each.sentences),
                    "checks": list(each.checks),
                    "luck": each.facts["luck"],
                }
                for each in told
            ],
        }
        tables.show(tables.as_json(facts))
        return
    if not quiet:
        for note in found.facts["notes"]:
            tables.show(tables.paragraph(f"Note: {note}") + "\n")
        for each in told:
            tables.show(tables.paragraph(" ".join(each.sentences)) + "\n")
            tables.show(tables.paragraph(" ".join(each.checks)) + "\n")
    tables.show(f"Results: {found.folder}")
    tables.show(f"Report:  {page}")
