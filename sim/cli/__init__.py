"""The command line: `clfz`. One file for each group of commands, heavy imports inside them."""

from sim.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run `clfz` with the arguments of the shell; always ends with an exit code."""
    app(prog_name="clfz")
