"""`clfz discover`: where, in the space of what is not known, a programme fails to reach its goal."""

from typing import Annotated, Any

import typer

from clfz.cli import options, progress, tables

Goal = Annotated[
    str,
    typer.Option(
        "--goal",
        metavar="GOAL",
        help='A measure, at least or at most, and a number: "child_labour_rate@end at most 10%", '
        '"kept_5y_school at least 50%" (share of the gain left 5 years after), and /child divides by the '
        "children of the zone. Measures: clfz indicators.",
    ),
]
StudyOption = Annotated[
    str | None,
    typer.Option(
        "--study",
        metavar="STUDY",
        help="A study file with ranges of your own, in place of draws of everything uncertain.",
    ),
]
Length = Annotated[
    int | None,
    typer.Option(
        "--programme-months",
        metavar="N",
        parser=options.whole("--programme-months", 1, 360),
        help="Months until the programme leaves. [default: 48]",
    ),
]


def discover(
    zone: Annotated[str, typer.Argument(metavar="ZONE", help="Name or file of a zone.")],
    programme: Annotated[
        str, typer.Argument(metavar="PROGRAMME", help="Name or file of a programme.")
    ],
    goal: Goal = "child_years_in_school_gained/child at least 0.5",
    study: StudyOption = None,
    draws: options.Draws = None,
    replicates: options.Replicates = None,
    programme_months: Length = None,
    seed: options.Seed = None,
    jobs: options.Jobs = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Find where a programme fails.

    Tries many sets of everything that is not known, sees in which of them the goal is missed, and looks
    for a few limits that tell these apart. Says which limits are not to be trusted, and when there are
    none. When it was stopped, the same command does what is missing.
    """
    from clfz.analysis.discovery.run import DRAWS, REPLICATES
    from clfz.analysis.discovery.run import discover as find
    from clfz.cli.catalogue import load
    from clfz.cli.sweep import _place
    from clfz.runs.study import Study

    place = _place(out, f"discover-{load('zone', zone).name}-{load('programme', programme).name}")
    whole = Study.of(load("study", study)) if study is not None else None
    settings: dict[str, Any] = {
        "draws": draws or DRAWS,
        "replicates": replicates or REPLICATES,
        "programme_months": programme_months or 48,
        "seed": 1 if seed is None else seed,
        "jobs": jobs,
    }
    with progress.shown(quiet) as moved:
        found = find(zone, programme, place, goal=goal, study=whole, progress=moved, **settings)
    if json:
        from clfz.analysis.discovery.write import facts

        tables.show(tables.as_json({"folder": str(place), **facts(found)}))
        return
    if not quiet:
        for sentence in found.answer():
            tables.show(f"{sentence}\n")
    tables.show(f"Report:  {place / 'report.html'}")
