"""The group of all commands: turns every error into a sentence and an exit code; how help looks.

The command line, `typer.testing` and `python -m clfz` all pass through here.
"""

import contextlib
import os
import re
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from clfz.cli.mistakes import STOPPED, Mistake, explain, left, unknown
from clfz.cli.usage import usage


class Command(TyperCommand):
    """A command whose help names things as one types them, without braces and types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what comes after the command's name."""
        arguments = [each for each in self.params if not each.opts[0].startswith("-")]
        return ["[OPTIONS]", *(str(each.metavar or each.name) for each in arguments)]

    def get_help(self, ctx: Any) -> str:
        """Return the help."""
        return re.sub(r" <(?:str|list\[str\])>", "", super().get_help(ctx))


class Commands(TyperGroup):
    """All commands of `clfz`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was asked for, or name the nearest."""
        if args and args[0] not in self.commands and not ctx.resilient_parsing:
            raise unknown("command", args[0], self.commands, "clfz --help")
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **settings: Any) -> Any:
        """Read the command line; Ctrl-C ends it with a sentence."""
        try:
            return super().make_context(*args, **settings)
        except KeyboardInterrupt as error:
            raise _stopped(error) from None

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl-C ends it with a sentence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise _stopped(error) from None
        except typer.TyperException as error:
            raise Mistake(usage(error, f"clfz {ctx.invoked_subcommand or ''}".strip())) from error

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run the command line; ends the process unless `standalone_mode` is off."""
        standalone = settings.pop("standalone_mode", True)
        settings["standalone_mode"] = False
        if not standalone:
            return super().main(*args, **settings)
        try:
            result = super().main(*args, **settings)
            code = result if isinstance(result, int) else 0
            sys.stdout.flush()
        except Exception as error:
            text, code = explain(error)
            _say(text)
        sys.exit(code)


def _stopped(error: BaseException) -> typer.Exit:
    typer.echo(f"\nStopped. {left(error)}", err=True)
    return typer.Exit(STOPPED)


def _say(text: str) -> None:
    """Write to the error stream; an output that went away must not raise once more."""
    with contextlib.suppress(OSError):
        typer.echo(text, err=True)
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
