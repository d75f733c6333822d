"""`clfz calibrate`: from reported outcomes to a posterior, with every check of it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli import options, progress, tables
from sim.cli.mistakes import STOPPED, Mistake


def calibrate(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[TARGETS]", help="CSV file of records; the shipped ones without it."
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            metavar="N",
            parser=options.whole("--rows", 40, 100_000),
            help="Rows of the table of runs. [default: 2000]",
        ),
    ] = None,
    sets: Annotated[
        int | None,
        typer.Option(
            "--sets",
            metavar="N",
            parser=options.whole("--sets", 0, 10_000),
            help="Synthetic data sets that are fitted to test the method. [default: 200]",
        ),
    ] = None,
    seed: options.Seed = None,
    jobs: options.Jobs = None,
    cluster: options.Cluster = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Learn the uncertain parameters from reported outcomes, and check what was learned.

    One table of single-zone runs is made and kept; every fit reads it. When it was stopped or
    killed, the same command continues. Ends with posterior.parquet (ArviZ reads it), checks.csv
    and report.html.
    """
    import shlex

    from calibration.errors import CalibrationError

    folder = Path(out or "results/calibration")
    words = ["clfz", "calibrate", *([file] if file else [])]
    for name, value in (("rows", rows), ("sets", sets), ("seed", seed), ("out", out)):
        words += [] if value is None else [f"--{name}", str(value)]
    try:
        from calibration.calibrate import calibrate as work
        from calibration.run import Settings
        from calibration.targets import load_targets

        asked = {"rows": rows, "sets": sets, "seed": seed}
        given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        size = Settings(**given)
        if size.rows <= 3 * (size.truths + size.judges) or size.sets > size.truths:
            few, judges = min(size.truths, size.rows // 6), min(size.judges, size.rows // 12)
            size = Settings(
                **(given | {"truths": few, "judges": judges, "sets": min(size.sets, few)})
            )
        for warning in load_targets(file).warnings:
            typer.echo(f"Warning: {warning}", err=True)
        with progress.shown(quiet) as moved:
            checks = work(
                folder,
                file,
                settings=size,
                jobs=jobs,
                cluster=cluster,
                progress=moved,
                command=shlex.join(words),
            )
    except CalibrationError as error:
        raise Mistake(str(error)) from None
    except KeyboardInterrupt:
        typer.echo(
            f"\nStopped. What is done is kept in {folder}; the same command continues.", err=True
        )
        raise typer.Exit(STOPPED) from None
    _tell(checks, folder, json=json, quiet=quiet)


def _tell(checks: Any, folder: Path, *, json: bool, quiet: bool) -> None:
    failed = [row for row in checks.rows if row["ok"] == "no"]
    passed = sum(row["ok"] == "yes" for row in checks.rows)
    if json:
        facts = {"folder": str(folder), "passed": passed, "failed": failed, "checks": checks.rows}
        tables.show(tables.as_json(facts))
        return
    if not quiet:
        tables.show(f"{passed} checks passed, {len(failed)} failed.")
        for row in failed:
            tables.show(f"  {row['check']}: {row['item']}: {row['value']} (bar: {row['bar']})")
    tables.show(f"Posterior: {folder / 'posterior.parquet'}")
    tables.show(f"Report:    {folder / 'report.html'}")
