"""Where input files are: shipped ones by name, your own by path.

A name (`budhpura`) is a file of `scenarios/`; anything with a slash or ending in .yaml is a path.
Only the standard library is imported here, so that a command line can list and complete quickly.
"""

from __future__ import annotations

import os
from pathlib import Path

from clfz.inputs.problems import InputError, Problem, did_you_mean

FOLDERS = {
    "zone": "zones",
    "programme": "programmes",
    "shock": "shocks",
    "comparison": "comparisons",
    "study": "studies",
}
"""Kind of file -> the name of its folder, which also is the word for several of them."""

_PACKAGE = Path(__file__).resolve().parents[1]
_SHIPPED = _PACKAGE / "shipped"
"""In a wheel, what people read stands inside the package."""
_ROOT = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parents[1]


def scenarios_folder() -> Path:
    """The folder of the shipped scenarios, beside the package in a checkout and when installed."""
    return _ROOT / "scenarios"


def folder_of(kind: str) -> Path:
    """The folder of the shipped files of a kind: studies stand with the experiments."""
    above = _ROOT / "experiments" if kind == "study" else scenarios_folder()
    return above / FOLDERS[kind]


def calibration_folder() -> Path:
    """The folder of priors and reported data."""
    return _ROOT / "calibration"


def priors_file() -> Path:
    """The shipped list of uncertain parameters."""
    return calibration_folder() / "priors.yaml"


def names(kind: str) -> list[str]:
    """Names of the shipped files of a kind (zone, programme, shock, comparison or study), sorted."""
    return sorted(file.stem for file in folder_of(kind).glob("*.yaml"))


def is_path(name_or_path: str | os.PathLike[str]) -> bool:
    """Whether this is meant as a path and not as a name."""
    if not isinstance(name_or_path, str):
        return True
    marked = "/" in name_or_path or os.sep in name_or_path
    return marked or name_or_path.lower().endswith((".yaml", ".yml"))


def locate(kind: str, name_or_path: object) -> Path:
    """The file of that name or path; a path need not exist yet.

    Raises:
        InputError: there is no shipped file of that name; the message names the nearest.
        TypeError: this is neither a name nor a path.
    """
    if not isinstance(name_or_path, str | os.PathLike):
        example = f'for example "{names(kind)[0]}"'
        raise TypeError(
            f"a {kind} is given by its name or by the path of its file, {example}, "
            f"not by {name_or_path!r}. All: clfz list {FOLDERS[kind]}"
        )
    if is_path(name_or_path):
        return Path(name_or_path)
    name = os.fspath(name_or_path)
    if name in names(kind):
        return folder_of(kind) / f"{name}.yaml"
    raise InputError([Problem("", 0, 0, unknown_name(kind, name))])


def unknown_name(kind: str, name: str, folder: Path | None = None) -> str:
    """What to tell about a name that no shipped file has; `folder` is where it was written."""
    hint = did_you_mean(name, names(kind))
    if any(file.stem == name for file in (folder or Path()).glob("*.yaml")):
        hint = f"For the file in this folder write ./{name}.yaml. "
    return f'"{name}" is not a known {kind}. {hint}All: clfz list {FOLDERS[kind]}'


def beside(file: str, folder: Path | None) -> str:
    """A file named in another: beside that one first; a path from the working directory works too."""
    path = Path(file)
    if folder is None or path.is_absolute() or (path.is_file() and not (folder / path).exists()):
        return file
    return str(folder / path)


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path as short as it can be said from here."""
    try:
        inside = Path(path).resolve().relative_to(Path.cwd())
    except (ValueError, OSError):
        return os.fspath(path)
    return str(inside)
