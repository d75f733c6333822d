"""The commands of `clfz` and what `clfz --help` teaches."""

from collections.abc import Callable
from typing import Annotated

import typer

from clfz.cli import (
    bench,
    calibrate,
    counts,
    discover,
    evaluate,
    files,
    lists,
    new,
    optimise,
    runs,
    sensitivity,
    sweep,
)
from clfz.cli.group import Command, Commands

# "\b" keeps the line breaks of a paragraph.
_HELP = """A simulator of child-labour-free zones: what a programme changes, what stays after it,
and what it costs, against the same zone without it.

\b
You plan programmes:
  clfz compare                        the shipped comparison, with a report
  clfz new comparison my-plans.yaml   a commented file to start from
  clfz check my-plans.yaml            is it right? if not, what to write
  clfz compare my-plans.yaml          your report

\b
You do research:
  clfz parameters                     what is uncertain, with sources
  clfz run mali-1 cash-transfer --draws 50 --set subsistence=0.4
  clfz compare quick --json           one JSON object; tables in results/quick
  clfz sweep small                    a study; the same command resumes
  clfz discover budhpura area-based   where does it fail?
  clfz sensitivity budhpura area-based   what matters?
  clfz optimise budhpura --budget 150000   the best mix for the money

\b
You evaluate:
  clfz zones budhpura                 every figure, with its range and source
  clfz indicators                     what is counted, by which definition
  clfz evaluate budhpura              reported figures against the model
  clfz evaluate --template            a file for your own figures
  clfz calibrate                      learn from what zones reported

Results go to results/NAME. The same seed gives the same numbers. More: clfz COMMAND --help"""

# What to run, one line about it, examples.
_COMMANDS: tuple[tuple[str, Callable[..., None], str, tuple[str, ...]], ...] = (
    (
        "compare",
        runs.compare,
        "Compare programmes in one zone; writes a report.",
        (
            "clfz compare",
            "clfz compare quick",
            "clfz compare my-plans.yaml --draws 10 --out results/first-look",
        ),
    ),
    (
        "run",
        runs.run,
        "Run one programme beside no programme; writes a report.",
        (
            "clfz run budhpura area-based",
            "clfz run budhpura my-programme.yaml --draws 20 --out results/mine",
            "clfz run mali-1 cash-transfer --set subsistence=0.4",
            "clfz run chipinge cash-transfer --shock drought",
        ),
    ),
    (
        "sweep",
        sweep.sweep,
        "Run a study: grids and samples of anything; resumes.",
        (
            "clfz sweep small",
            "clfz sweep my-study.yaml --out results/mine",
            "clfz sweep small --replicates 16",
        ),
    ),
    (
        "sensitivity",
        sensitivity.sensitivity,
        "Find which uncertain things matter, and which do not.",
        (
            "clfz sensitivity budhpura area-based",
            "clfz sensitivity headline area-based --samples 128 --out results/drivers",
            "clfz sensitivity mali-1 cash-transfer --vary cash_transfer.amount_eur=3:12 --vary subsistence",
        ),
    ),
    (
        "discover",
        discover.discover,
        "Find where a programme fails, among all that is not known.",
        (
            "clfz discover budhpura area-based",
            'clfz discover budhpura area-based --goal "kept_5y_school at least 25%"',
            'clfz discover mali-1 cash-transfer --goal "child_labour_rate@end at most 20%" --draws 400',
        ),
    ),
    (
        "evaluate",
        evaluate.evaluate,
        "Compare field data with the model; writes a report.",
        (
            "clfz evaluate budhpura",
            "clfz evaluate --template > my-data.csv",
            "clfz evaluate my-data.csv --zone my-district.yaml --programme my-programme.yaml",
        ),
    ),
    (
        "calibrate",
        calibrate.calibrate,
        "Learn the uncertain parameters from reported outcomes.",
        (
            "clfz calibrate",
            "clfz calibrate --rows 400 --sets 0 --out results/quick-calibration",
            "clfz compare --posterior results/calibration",
        ),
    ),
    (
        "optimise",
        optimise.optimise,
        "Find the best mix of interventions for a budget.",
        (
            "clfz optimise budhpura --budget 150000",
            "clfz optimise budhpura --budget 50000 --budget 150000 --budget 500000",
            "clfz optimise mali-1 --budget 100000 --aim p10 --from area-based",
        ),
    ),
    ("report", runs.report, "Write a result's report again.", ("clfz report results/headline",)),
    (
        "new",
        new.new,
        "Copy a shipped file to start your own.",
        ("clfz new comparison my-plans.yaml", "clfz new zone my-district.yaml --like mali-1"),
    ),
    (
        "check",
        files.check,
        "Check input files: mistakes, and what to write instead.",
        ("clfz check my-plans.yaml", "clfz check my-district.yaml my-data.csv"),
    ),
    (
        "zones",
        lists.zones,
        "List zones, or explain one.",
        ("clfz zones", "clfz zones budhpura", "clfz zones my-district.yaml --json"),
    ),
    (
        "programmes",
        lists.programmes,
        "List programmes, or explain one.",
        ("clfz programmes", "clfz programmes area-based"),
    ),
    (
        "interventions",
        lists.interventions,
        "List kinds of intervention, or explain one.",
        ("clfz interventions", "clfz interventions bridge_schools"),
    ),
    ("shocks", lists.shocks, "List shocks, or explain one.", ("clfz shocks drought",)),
    (
        "indicators",
        counts.indicators,
        "List what is counted, or define one.",
        ("clfz indicators", "clfz indicators child_labour_rate"),
    ),
    (
        "parameters",
        counts.parameters,
        "List uncertain parameters and levers, or explain one.",
        ("clfz parameters", "clfz parameters subsistence"),
    ),
    (
        "list",
        counts.list_,
        "List comparisons, countries, definitions, and all of these.",
        ("clfz list comparisons", "clfz list countries"),
    ),
    (
        "schema",
        files.schema,
        "Print the JSON Schema of a kind of file.",
        ("clfz schema", "clfz schema zone > zone.schema.json"),
    ),
    ("bench", bench.bench, "Measure the speed of the engine here.", ("clfz bench --json",)),
)

# rich_markup_mode=None: plain help opens in a tenth of a second and reads well in every terminal.
app = typer.Typer(
    name="clfz",
    cls=Commands,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"clfz {version('clfz')}")
        raise typer.Exit


@app.callback(invoke_without_command=True, help=_HELP)
def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Show the help when nothing is asked."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def _register() -> None:
    """Add the commands to the app."""
    for name, function, about, examples in _COMMANDS:
        shown = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples)
        app.command(name, cls=Command, short_help=about, epilog=shown)(function)


_register()
