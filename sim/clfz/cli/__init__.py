"""The command line: `clfz`. One file for each group of commands, heavy imports inside them."""

import gc
import sys

__all__ = ["main"]

# Importing makes some hundred thousand objects that stay to the end. Looking through them for garbage every 700, and
# again at the end, took a quarter of a small job.
_GARBAGE_AFTER = (500_000, 20, 100)


def main() -> None:
    """Run `clfz` with the arguments of the shell; always ends with an exit code."""
    gc.set_threshold(*_GARBAGE_AFTER)
    try:
        from clfz.cli.app import app

        app(prog_name="clfz")
    except KeyboardInterrupt:  # Ctrl-C before a command has begun
        sys.stderr.write("\nStopped. Nothing was written.\n")
        sys.exit(130)
    finally:
        gc.freeze()
