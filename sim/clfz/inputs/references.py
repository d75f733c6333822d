"""The files that a comparison or a study names, and whether they fit into its months."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clfz.inputs.find import is_path, names, priors_file, unknown_name
from clfz.inputs.limits import beyond, limits
from clfz.inputs.never import never_happens, never_runs
from clfz.inputs.problems import DataPath, Problem, did_you_mean
from clfz.inputs.yaml_reader import Document

if TYPE_CHECKING:
    from clfz.inputs.comparison import Comparison
    from clfz.inputs.programme import Programme
    from clfz.inputs.shock import Shock
    from clfz.inputs.study import StudyFile

Asked = TypeVar("Asked", bound="Comparison | StudyFile")
Told = tuple[list[Problem], list[Problem]]


def follow(
    comparison: Asked | None, document: Document, folder: Path | None
) -> tuple[Asked | None, list[Problem], list[Problem]]:
    """Open every file that a comparison or a study names, even when it is not sound itself.

    Args:
        comparison: the comparison or study, None when it has problems.
        document: the file it was read from.
        folder: where its relative paths start; None when it comes from no file.

    Returns:
        the comparison with paths that work from the working directory, problems, warnings.
    """
    from clfz.inputs.load import check

    problems: list[Problem] = []
    warnings: list[Problem] = []
    resolved: dict[DataPath, str] = {}
    titles: dict[str, str] = {}
    for kind, path, entry in _entries(document.data):
        if not is_path(entry) and entry not in names(kind):
            problems.append(document.problem(path, unknown_name(kind, entry, folder)))
            continue
        resolved[path] = _from_here(entry, folder)
        checked = check(kind, resolved[path])
        problems += [_as_told_here(found, document, path) for found in checked.problems]
        if checked.value is not None and kind in ("programme", "zone"):
            first = titles.setdefault(f"{kind} {checked.value.name}", entry)
            if first != entry:
                text = f'"{first}" and "{entry}" are both named {checked.value.name}; rename one.'
                problems.append(document.problem(path, text))
            twin = titles.setdefault(f"{kind} title {checked.value.title}", entry)
            if twin not in (first, entry):
                text = f'"{twin}" and "{entry}" have the same title; in a report they look alike.'
                warnings.append(document.problem(path, text))
        if comparison and checked.value is not None and kind != "zone":
            fit = _programme_fits if kind == "programme" else _shock_fits
            more_problems, more_warnings = fit(checked.value, comparison, document, path)
            problems += more_problems
            warnings += more_warnings
    problems += _fixed_values(document)
    if comparison is None or problems:
        return comparison, problems, warnings
    paths = {"zone": resolved[("zone",)]} if ("zone",) in resolved else {}
    lists: dict[str, tuple[str, ...]] = {
        field: tuple(resolved[(field, at)] for at in range(len(getattr(comparison, field))))
        for field in ("zones", "programmes", "shocks")
        if field in type(comparison).model_fields
    }
    whole: Any = comparison.model_copy(update={**paths, **lists})
    return whole, problems, warnings


def _entries(data: Any) -> list[tuple[str, DataPath, str]]:
    """What is named: kind of file, place in the data, name or path."""
    found: list[tuple[str, DataPath, str]] = []
    if isinstance(data.get("zone"), str):
        found.append(("zone", ("zone",), data["zone"]))
    for kind, field in (("zone", "zones"), ("programme", "programmes"), ("shock", "shocks")):
        items = data.get(field)
        for at, entry in enumerate(items if isinstance(items, list) else ()):
            if isinstance(entry, str):
                found.append((kind, (field, at), entry))
    return found


def _from_here(entry: str, folder: Path | None) -> str:
    """A path beside the comparison first; a path from the working directory works too."""
    if folder is None or not is_path(entry) or Path(entry).is_absolute():
        return entry
    elsewhere = Path(entry).is_file() and not (folder / entry).exists()
    return entry if elsewhere else str(folder / entry)


def _as_told_here(found: Problem, document: Document, path: DataPath) -> Problem:
    """A file that cannot be opened is told where it is named; its content where it stands."""
    return found if found.line else document.problem(path, f"{found.file}: {found.message}")


def _programme_fits(
    programme: Programme, comparison: Comparison | StudyFile, document: Document, path: DataPath
) -> Told:
    problems, warnings = [], []
    for item in programme.interventions:
        end = comparison.programme_months if item.end_month is None else item.end_month
        if text := never_runs(programme, item, comparison.programme_months, comparison.months):
            problems.append(document.problem(path, text))
        elif end > comparison.months:
            text = (
                f"{programme.name}: {item.kind} has end_month {end}, but the comparison ends after "
                f"{comparison.months} months. It is cut there."
            )
            warnings.append(document.problem(path, text))
    return problems, warnings


def _shock_fits(
    shock: Shock, comparison: Comparison | StudyFile, document: Document, path: DataPath
) -> Told:
    text = never_happens(shock, comparison.months)
    return [document.problem(path, text)] if text else [], []


def _fixed_values(document: Document) -> list[Problem]:
    """The names and values under `set`."""
    fixed = document.data.get("set")
    if not isinstance(fixed, dict) or not fixed:
        return []
    from clfz.inputs.load import check

    priors = check("parameters", priors_file())
    if priors.problems:
        return priors.problems
    known = limits(priors.value.parameters)
    problems = []
    for name, value in fixed.items():
        here: DataPath = ("set", name)
        if name not in known:
            text = f'"{name}" is no parameter and no lever. {did_you_mean(name, known)}'
            told = f"{text}All: clfz list parameters"
            problems.append(document.problem(here, told, at_name=True))
        elif not isinstance(value, int | float) or isinstance(value, bool):
            continue  # told by its type
        elif beyond_it := beyond(name, value, known, written=str(value)):
            problems.append(document.problem(here, beyond_it))
    return problems
