"""What is told when a study cannot be run or read."""

from pathlib import Path


class StudyError(Exception):
    """A study cannot be run or read; the message is one sentence for the user."""


def kept_note(error: BaseException, folder: Path, done: int, total: int) -> None:
    """Let an error or Ctrl-C that ends a study say what is kept; a `StudyError` says so itself."""
    if isinstance(error, StudyError):
        return
    text = (
        f"{done} of {total} runs are kept in {folder}. The same command goes on; to throw them away, "
        "delete that folder."
    )
    error.add_note(text if done else "No run was done yet.")
