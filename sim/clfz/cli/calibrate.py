"""`clfz calibrate`: from reported outcomes to a posterior, with every check of it."""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from clfz.cli import options, progress, tables
from clfz.cli.mistakes import STOPPED, Mistake


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

    from clfz.analysis.calibration.errors import CalibrationError

    folder = Path(out or "results/calibration")
    words = ["clfz", "calibrate", *([file] if file else [])]
    for name, value in (("rows", rows), ("sets", sets), ("seed", seed), ("out", out)):
        words += [] if value is None else [f"--{name}", str(value)]
    try:
        from clfz.analysis.calibration.calibrate import calibrate as work
        from clfz.analysis.calibration.run import Settings
        from clfz.analysis.calibration.targets import load_targets

        usual = Settings() if seed is None else Settings(seed=seed)
        size = _sized(usual, usual.rows if rows is None else rows, sets)
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
        typer.echo(f"\nStopped. {_kept(folder)}", err=True)
        raise typer.Exit(STOPPED) from None
    except (OSError, MemoryError, RuntimeError) as error:
        # In place of the note of one zone's study, which counts its own runs only.
        error.__notes__ = [_kept(folder)]
        raise
    _tell(checks, folder, json=json, quiet=quiet)


def _kept(folder: Path) -> str:
    """What a calibration that was ended leaves."""
    if not folder.is_dir():
        return "Nothing was written."
    return f"What is done is kept in {folder}; the same command continues."


def _apart(usual: Any, rows: int) -> tuple[int, int]:
    """Known truths and judges that are kept apart; of a small table fewer, so that most rows are left to learn from."""
    if rows > 3 * (usual.truths + usual.judges):
        return usual.truths, usual.judges
    return min(usual.truths, rows // 6), min(usual.judges, rows // 12)


def _sized(usual: Any, rows: int, sets: int | None) -> Any:
    """The usual settings for a table of this size, with as many synthetic data sets as were asked for.

    Raises:
        Mistake: More sets than known truths; each needs one of its own.
    """
    truths, judges = _apart(usual, rows)
    if sets is not None and sets > truths:
        enough = (more for more in range(rows, usual.rows) if _apart(usual, more)[0] >= sets)
        text = f"--sets {sets} is too many: {rows} rows keep {truths} known truths apart. "
        text += f"Write --sets {truths} or fewer"
        raise Mistake(f"{text}{''.join(f', or --rows {n} or more' for n in islice(enough, 1))}.")
    if sets is None and usual.sets > truths:
        text = f"Warning: {truths} synthetic data sets instead of {usual.sets}, since {rows} rows keep no more known "
        typer.echo(f"{text}truths apart.", err=True)
    fitted = min(usual.sets, truths) if sets is None else sets
    return replace(usual, rows=rows, truths=truths, judges=judges, sets=fitted)


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
