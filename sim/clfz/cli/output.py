"""Where results go: found out before the work, written whole after it."""

import os
import tempfile
from pathlib import Path
from typing import Any

import typer

from clfz.cli.mistakes import Mistake
from clfz.inputs.file_errors import advice, reason


def place(out: str | None, name: str) -> Path:
    """Return the result folder, refused now rather than after minutes of work.

    Args:
        out: What `--out` says.
        name: Name of the comparison, for `results/NAME` without `--out`.

    Raises:
        Mistake: The place is a file, holds something else, or cannot be written.
    """
    if out is not None and not out.strip():
        raise Mistake("--out is empty. Write a folder, for example --out results/mine.")
    folder = Path(out) if out is not None else Path("results") / name
    if folder.exists() and not folder.is_dir():
        raise Mistake(f"{folder} is a file. Give a folder, for example --out results/{name}.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise Mistake(
            f"{folder} holds files that are no result of clfz, and they stay. "
            f"Give another folder, for example --out results/{name}."
        )
    try:
        tempfile.TemporaryDirectory(dir=_there(folder.absolute().parent)).cleanup()
    except OSError as error:
        raise Mistake(
            f"Nothing can be written to {folder}: {reason(error)}.{advice(error)}"
        ) from error
    return folder


def _there(folder: Path) -> Path:
    """The nearest folder above that exists."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def keep(result: Any, folder: Path) -> Path:
    """Write a `clfz.runs.results.ComparisonResult` with its report; see `clfz.report.keep`."""
    from clfz.report import keep as write

    return write(result, folder)


def note_replacement(folder: Path, quiet: bool) -> None:
    """Say that an earlier result will make room."""
    if folder.is_dir() and any(folder.iterdir()) and not quiet:
        typer.echo(
            f"{folder} holds an earlier result. It stays until the new one is complete, "
            "and is then replaced; files of your own in it stay.",
            err=True,
        )
