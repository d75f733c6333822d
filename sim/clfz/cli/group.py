"""The application that commands register with: how help looks, and every error a sentence and an exit code.

The command line, `typer.testing` and `python -m clfz` all pass through here.
"""

import contextlib
import os
import re
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from clfz.cli.console import note
from clfz.cli.mistakes import STOPPED, Mistake, explain, left, unknown, usage

F = TypeVar("F", bound=Callable[..., None])


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
            with contextlib.suppress(OSError):
                note(text)
            try:
                sys.stdout.flush()
            except OSError:  # an output that went away must not raise once more at the end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(code)


def _stopped(error: BaseException) -> typer.Exit:
    note(f"\nStopped. {left(error)}")
    return typer.Exit(STOPPED)


# rich_markup_mode=None: plain help opens in a tenth of a second and reads well in every terminal.
app = typer.Typer(
    name="clfz",
    cls=Commands,
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def command(about: str, *examples: str, name: str = "") -> Callable[[F], F]:
    """Register a function as a command of the same name, with one line about it and examples."""
    shown = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in examples)

    def register(function: F) -> F:
        called = name or function.__name__
        app.command(called, cls=Command, short_help=about, epilog=shown)(function)
        return function

    return register
