"""What to say when something goes wrong: one sentence and an exit code, never a traceback.

Exit codes: 2 for what the reader can mend (a name, a number, a file, a full disk), 130 for Ctrl-C,
1 for what is a defect of `clfz`.
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterable

import typer

from clfz.inputs.file_errors import advice, is_known, reason

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
    from clfz.inputs.problems import did_you_mean

    return Mistake(f'there is no {what} "{name}". {did_you_mean(name, known)}All: {where}')


def left(error: BaseException) -> str:
    """What a command that was ended leaves: whoever keeps something notes it on the error."""
    return " ".join(getattr(error, "__notes__", ())) or "Nothing was written."


def explain(error: Exception) -> tuple[str, int]:
    """Return the text for a reader and the exit code of an error that ended a command."""
    text, code = _explained(error)
    notes = getattr(error, "__notes__", ())
    return " ".join([text, *(note for note in notes if note not in text)]), code


def _explained(error: Exception) -> tuple[str, int]:
    if isinstance(error, typer.TyperException):
        from clfz.cli.usage import usage

        return usage(error), MENDABLE
    if isinstance(error, OSError) and is_known(error):
        where = f"Cannot use {error.filename}" if error.filename else "That cannot be done"
        return f"{where}: {reason(error)}.{advice(error)}", MENDABLE
    if isinstance(error, MemoryError):
        return (
            f"The memory ran out. {left(error)} Use fewer --jobs, fewer runs, or a smaller zone.",
            MENDABLE,
        )
    if _is_killed_worker(error):
        return (
            "A worker process was ended from outside, most often because the memory ran out. "
            f"{left(error)} Try fewer --jobs.",
            MENDABLE,
        )
    if _is_told(error):
        # A problem that belongs to no file begins with an empty place.
        return "\n".join(line.removeprefix(": ") for line in str(error).splitlines()), MENDABLE
    return _defect(error), DEFECT


def _is_killed_worker(error: Exception) -> bool:
    """Whether a pool of processes lost one of them."""
    from concurrent.futures.process import BrokenProcessPool

    return isinstance(error, BrokenProcessPool)


def _is_told(error: Exception) -> bool:
    """Whether the message of an error is already written for a reader."""
    from clfz.inputs.problems import InputError
    from clfz.runs.results import ResultError

    if isinstance(error, InputError | ResultError):
        return True
    from clfz.runs.study import StudyError

    return isinstance(error, StudyError)


def _defect(error: Exception) -> str:
    """Keep the details of an unexpected error in a file and say where."""
    lines = str(error).strip().splitlines()
    what = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    details = (
        f"{sys.argv}\n{sys.version}\n{os.getcwd()}\n\n{''.join(traceback.format_exception(error))}"
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="clfz-error-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write(details)
        kept = f"The details are in {file.name}"
    except OSError:
        kept = "The details could not be kept, since the folder for temporary files is not writable"
    return f"Something went wrong that is no mistake of yours ({what}). {kept}; please report it."
