"""What to say when something goes wrong: one sentence and an exit code, never a traceback.

Exit codes: 2 for what the reader can mend (a name, a number, a file, a full disk), 130 for Ctrl-C,
1 for what is a defect of `clfz`.
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from clfz.inputs.problems import advice, did_you_mean, is_known, reason

MENDABLE = 2
STOPPED = 130
DEFECT = 1


class Mistake(typer.TyperException):
    """A mistake that the reader can mend; the message is shown as it is."""

    exit_code = MENDABLE


def unknown(what: str, name: str, known: Iterable[str], where: str) -> Mistake:
    """A name that does not exist, with the nearest that does.

    Args:
        what: What was looked for ("zone").
        name: What was written.
        known: All names there are.
        where: The command that lists them.
    """
    return Mistake(f'there is no {what} "{name}". {did_you_mean(name, known)}All: {where}')


def load(kind: str, name: str) -> Any:
    """A zone, programme, shock, comparison or study by its name or by the path of its file.

    Raises:
        Mistake: No shipped file has that name.
        InputError: Everything that is wrong with the file.
    """
    from clfz.inputs import check, find

    where = f"clfz {'list ' if kind in ('comparison', 'study') else ''}{find.FOLDERS[kind]}"
    known = find.names(kind)
    if not find.is_path(name) and name not in known:
        if others := [other for other in find.FOLDERS if name in find.names(other)]:
            text = f'there is no {kind} "{name}", but a {others[0]} of that name. All: {where}'
            raise Mistake(text)
        if Path(f"{name}.yaml").is_file():
            text = f'there is no {kind} "{name}". For the file in this folder write {name}.yaml.'
            raise Mistake(text)
        raise unknown(kind, name, known, where)
    return check(kind, name).use()


def study_folder(out: str | None, name: str) -> Path:
    """The folder of something that resumes, refused now if it cannot be one.

    Args:
        out: What `--out` says.
        name: Name for `results/NAME` without `--out`.

    Raises:
        Mistake: It is empty, a file, or cannot be written.
    """
    if out is not None and not out.strip():
        raise Mistake("--out is empty. Write a folder, for example --out results/mine.")
    folder = Path(out) if out is not None else Path("results") / name
    try:
        if folder.exists() and not folder.is_dir():
            raise Mistake(f"{folder} is a file. Give a folder, for example --out results/{name}.")
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def result_folder(out: str | None, name: str) -> Path:
    """The folder of a result, refused now rather than after minutes of work.

    Raises:
        Mistake: As `study_folder`, or it holds what is no result.
    """
    folder = study_folder(out, name)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise Mistake(
            f"{folder} holds files that are no result of clfz, and they stay. "
            f"Give another folder, for example --out results/{name}."
        )
    above = folder.absolute().parent
    while not os.path.lexists(above) and above != above.parent:
        above = above.parent
    try:
        tempfile.TemporaryDirectory(dir=above).cleanup()
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _unwritable(folder: Path, error: OSError) -> Mistake:
    return Mistake(f"Nothing can be written to {folder}: {reason(error)}.{advice(error)}")


def left(error: BaseException) -> str:
    """What a command that was ended leaves: whoever keeps something notes it on the error."""
    return " ".join(getattr(error, "__notes__", ())) or "Nothing was written."


def explain(error: Exception) -> tuple[str, int]:
    """Return the text for a reader and the exit code of an error that ended a command."""
    text, code = _explained(error)
    notes = getattr(error, "__notes__", ())
    return " ".join([text, *(note for note in notes if note not in text)]), code


def _explained(error: Exception) -> tuple[str, int]:
    from concurrent.futures.process import BrokenProcessPool

    if isinstance(error, typer.TyperException):
        return usage(error), MENDABLE
    if isinstance(error, OSError) and is_known(error):
        where = f"Cannot use {error.filename}" if error.filename else "That cannot be done"
        return f"{where}: {reason(error)}.{advice(error)}", MENDABLE
    if isinstance(error, MemoryError):
        text = f"The memory ran out. {left(error)} Use fewer --jobs, fewer runs, or a smaller zone."
        return text, MENDABLE
    if isinstance(error, BrokenProcessPool):
        text = "A worker process was ended from outside, most often because the memory ran out. "
        return f"{text}{left(error)} Try fewer --jobs.", MENDABLE
    # after what is told without them: they are slow to import
    from clfz.inputs.problems import InputError
    from clfz.runs.results import ResultError
    from clfz.runs.study import StudyError

    if isinstance(error, InputError | ResultError | StudyError):
        # A problem that belongs to no file begins with an empty place.
        return "\n".join(line.removeprefix(": ") for line in str(error).splitlines()), MENDABLE
    return _defect(error), DEFECT


def _defect(error: Exception) -> str:
    """Keep the details of an unexpected error in a file and say where."""
    lines = str(error).strip().splitlines()
    what = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    trace = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="clfz-error-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"{sys.argv}\n{sys.version}\n{os.getcwd()}\n\n{trace}")
        kept = f"The details are in {file.name}"
    except OSError:
        kept = "The details could not be kept, since the folder for temporary files is not writable"
    return f"Something went wrong that is no mistake of yours ({what}). {kept}; please report it."


def usage(error: typer.TyperException, command: str = "clfz") -> str:
    """Say a mistake on the command line in one sentence, with the nearest valid name.

    The parser's own exceptions are not public, so what they carry is asked for by name and may be
    missing; then the parser's sentence is shown as it is.

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
        hint = did_you_mean(option.lstrip("-"), [name.lstrip("-") for name in known])
        return (
            f'there is no option "{option}". {hint.replace(chr(34), chr(34) + "--", 1)}All: {ask}'
        )
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
