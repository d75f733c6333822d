"""All commands of `clfz`, and what `clfz --help` teaches."""

import typer

from clfz.cli import analyses, catalogue, files, runs
from clfz.cli.group import app

__all__ = ["analyses", "app", "catalogue", "files", "runs"]

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
  clfz zones budhpura                 every input, with its range and source
  clfz indicators                     what is counted, by which definition
  clfz evaluate budhpura              reported numbers against the model
  clfz evaluate --template            a file for your own numbers
  clfz calibrate                      learn from what zones reported

Results go to results/NAME. The same seed gives the same numbers. More: clfz COMMAND --help"""


def _version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"clfz {version('clfz')}")
        raise typer.Exit


@app.callback(invoke_without_command=True, help=_HELP)
def start(
    ctx: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Show the help when nothing is asked."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
