"""The commands of `clfz` and what `clfz --help` teaches."""

from typing import Annotated

import typer

from sim.cli import bench, files, lists, new, runs
from sim.cli.group import Commands

# rich_markup_mode=None: plain help opens in a tenth of a second and reads well in every terminal.
app = typer.Typer(
    name="clfz",
    cls=Commands,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"clfz {version('clfz')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A simulator of child-labour-free zones: what a programme changes, what stays, what it costs.

    \b
    You plan programmes:
      clfz compare                         the shipped comparison, and a report for your board
      clfz new comparison my-plans.yaml    a commented file of your own to start from
      clfz check my-plans.yaml             is it right? if not: line, column, what to write
      clfz compare my-plans.yaml           your report

    \b
    You do research:
      clfz parameters                      what is uncertain, with units, priors and sources
      clfz run mali-1 cash-transfer --draws 50 --replicates 2 --set subsistence=0.6
      clfz compare quick --json            one JSON object; tables are in the result folder

    \b
    You evaluate:
      clfz zones budhpura                  every figure of a zone, with its range and source
      clfz indicators                      what is counted, by which definition
      clfz run budhpura bridge-schools     withdrawn, protected, bridged: and what had happened anyway

    Each command explains itself: clfz compare --help. Results go to results/NAME. The same seed
    gives the same numbers.
    """
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


for command in (
    *(runs.compare, runs.run, runs.report),
    *(new.new, files.check),
    *(lists.zones, lists.programmes, lists.interventions, lists.shocks),
    *(lists.indicators, lists.parameters),
    *(files.schema, bench.bench),
):
    app.command()(command)
