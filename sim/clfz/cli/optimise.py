"""`clfz optimise`: the best mix of interventions for a budget, and for several: what more money buys."""

import re
from typing import Annotated, Any

import typer

from clfz.cli import options, progress, tables
from clfz.cli.discover import Length
from clfz.cli.mistakes import Mistake


def money(text: str) -> float:
    """Read an amount of euro."""
    digits = re.sub(r"(?<=\d)[,_ ](?=\d{3}\b)", "", text.strip().removeprefix("€").strip())
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", digits) or float(digits) <= 0:
        raise Mistake(f'--budget is "{text}", but it must be an amount of euro, such as 150000.')
    return float(digits)


Budget = Annotated[
    list[str] | None,
    typer.Option(
        "--budget",
        metavar="EUR",
        help="Euro for the whole time, as paid out. Repeat it for several budgets.",
    ),
]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="PROGRAMME",
        help="Take the parts from this programme. May be repeated. [default: area-based and "
        "cash-transfer, which have every kind of intervention]",
    ),
]
Measure = Annotated[
    str,
    typer.Option("--measure", metavar="NAME", help="What to make large. All: clfz indicators."),
]
Aim = Annotated[
    str,
    typer.Option(
        "--aim",
        metavar="AIM",
        help="mean: the average over what is not known; p10: what 9 of 10 cases exceed; regret: the "
        "least loss against the best mix of each case.",
    ),
]


def optimise(
    zone: Annotated[str, typer.Argument(metavar="ZONE", help="Name or file of a zone.")],
    budget: Budget = None,
    aim: Aim = "mean",
    measure: Measure = "child_years_in_school_gained",
    from_: From = None,
    draws: options.Draws = None,
    replicates: options.Replicates = None,
    programme_months: Length = None,
    seed: options.Seed = None,
    jobs: options.Jobs = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Find the best mix for a budget.

    Parts of the programmes at any intensity are put together; the mix that does most for the money is
    chosen and counted in cases that had no part in finding it. Mixes that cannot be told apart from it are
    named. Each best mix is written as a programme file. When it was stopped, the same command continues.
    """
    from clfz.analysis.best_mix.run import DRAWS
    from clfz.analysis.best_mix.run import optimise as find
    from clfz.cli.catalogue import load
    from clfz.cli.sweep import _place

    name = load("zone", zone).name
    for programme in from_ or ():
        load("programme", programme)
    if not budget:
        raise Mistake("give a budget, for example --budget 150000. Repeat it for several budgets.")
    place = _place(out, f"optimise-{name}-{aim}")
    settings: dict[str, Any] = {"programmes": tuple(from_)} if from_ else {}
    with progress.shown(quiet) as moved:
        best = find(
            zone,
            [money(text) for text in budget],
            place,
            measure=measure,
            aim=aim,
            draws=draws or DRAWS,
            replicates=replicates or 1,
            programme_months=programme_months or 48,
            seed=1 if seed is None else seed,
            jobs=jobs,
            progress=moved,
            **settings,
        )
    if json:
        from clfz.analysis.best_mix.write import facts

        tables.show(tables.as_json({"folder": str(place), **facts(best)}))
        return
    if not quiet:
        for sentence in best.answer():
            tables.show(f"{sentence}\n")
    tables.show(f"Report:  {place / 'report.html'}")
