"""The command line: `clfz`. One file for each group of commands, heavy imports inside them."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run `clfz` with the arguments of the shell; always ends with an exit code."""
    try:
        from sim.cli.app import app

        app(prog_name="clfz")
    except KeyboardInterrupt:  # Ctrl-C before a command has begun
        sys.stderr.write("\nStopped. Nothing was written.\n")
        sys.exit(130)
