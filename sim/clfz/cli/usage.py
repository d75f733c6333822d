"""Mistakes on the command line itself, in the words of `clfz` instead of the parser's.

The parser's own exceptions are not public, so what they carry is asked for by name and may be
missing; then the parser's sentence is shown as it is.
"""

from typing import Any

import typer

from clfz.cli.mistakes import Mistake
from clfz.inputs.problems import nearest


def usage(error: typer.TyperException, command: str = "clfz") -> str:
    """Say a mistake on the command line in one sentence, with the nearest valid name.

    Args:
        error: What the parser raised.
        command: The command in which it was found, for when the error does not say.
    """
    message = error.format_message()
    if isinstance(error, Mistake):
        return message
    context: Any = getattr(error, "ctx", None)
    path = getattr(context, "command_path", None) or command
    ask = f"{path} --help"
    given = list(getattr(getattr(context, "command", None), "params", ()))
    option = getattr(error, "option_name", None)
    if option and message.startswith("No such option"):
        known = [name for each in given for name in each.opts if name.startswith("--")]
        # the dashes, which all share, make no two names alike
        guess = nearest(option.lstrip("-"), [name.lstrip("-") for name in known])
        hint = f'Did you mean "--{guess}"? ' if guess else ""
        return f'there is no option "{option}". {hint}All: {ask}'
    if option and "requires" in message:
        return f"{option} needs a value after it. All: {ask}"
    if option:
        return f"{option} takes no value. All: {ask}"
    names = [each.metavar or each.name for each in given if not each.opts[0].startswith("-")]
    if message.startswith("Missing argument"):
        missing = getattr(getattr(error, "param", None), "metavar", None) or "a name"
        return f"{missing} is missing. Write: {path} {' '.join(names)}. More: {ask}"
    if message.startswith("Got unexpected extra argument"):
        extra = message.removesuffix(")").rpartition(" (")[2]
        takes = " ".join(names) or "options only"
        return f'{path} takes {takes}, so "{extra}" is too much. More: {ask}'
    return f"{message.rstrip('.')}. More: {ask}"
