"""Whether the design and the measures of a study fit what the study is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.inputs.factors import Space, each_of
from clfz.inputs.problems import DataPath, Problem

if TYPE_CHECKING:
    from clfz.inputs.study import StudyFile
    from clfz.inputs.yaml_reader import Document

Told = tuple[list[Problem], list[Problem]]


def check_study(study: StudyFile, space: Space, document: Document, folder: Path | None) -> Told:
    """Problems and warnings of the design and the measures, pointed at in the file.

    Args:
        study: Sound by itself.
        space: What can be varied.
        document: Where it was read.
        folder: Where a relative table file is looked for.
    """
    from clfz.inputs.study_tables import TableProblem, read_table

    problems = _measures(study, document)
    warnings: list[Problem] = []
    design: Any = study.design
    if design is None:
        return problems, warnings
    if design.kind == "table":
        at: DataPath = ("design", "file")
        try:
            names, rows = read_table(beside(design.file, folder))
            more, odd = table_faults(space, names, rows)
            both = [name for name in names if name in study.set]
            more += [
                f"{name} is set in the study and is a column of the table; keep one."
                for name in both
            ]
        except TableProblem as error:
            more, odd = [str(error)], []
        problems += [document.problem(at, f"{design.file}: {text}") for text in more]
        warnings += [document.problem(at, f"{design.file}: {text}") for text in odd]
        return problems, warnings
    for name, factor in design.factors.items():
        here: DataPath = ("design", "factors", name)
        if text := space.unknown(name):
            problems.append(document.problem(here, text, at_name=True))
        elif design.kind != "grid" and factor.from_prior:
            if text := space.no_prior(name):
                problems.append(document.problem(here, text))
        else:
            values = factor.levels() if design.kind == "grid" else (factor.low, factor.high)
            more, odd = value_faults(space, name, values)
            problems += [document.problem(here, text) for text in more]
            warnings += [document.problem(here, text) for text in odd]
    return problems, warnings


def value_faults(space: Space, name: str, values: Any) -> tuple[list[str], list[str]]:
    """The first value of a factor that cannot be used, and the first that is odd."""
    tried = each_of([float(value) for value in values])
    wrong = [text for value in tried if (text := space.trouble(name, value))]
    odd = [] if wrong else [text for value in tried if (text := space.remark(name, value))]
    return wrong[:1], odd[:1]


def table_faults(space: Space, names: tuple[str, ...], rows: Any) -> tuple[list[str], list[str]]:
    """The same for a table of rows: problems and remarks, one a column."""
    problems: list[str] = []
    warnings: list[str] = []
    for column, name in enumerate(names):
        if text := space.unknown(name):
            problems.append(f"column {text}")
            continue
        more, odd = value_faults(space, name, rows[:, column])
        for text, found in [(text, problems) for text in more] + [(text, warnings) for text in odd]:
            found.append(f"column {text}")
    return problems, warnings


def beside(file: str, folder: Path | None) -> Path:
    """A file named in a study: beside the study first, else from the working directory."""
    path = Path(file)
    if folder is None or path.is_absolute() or (path.is_file() and not (folder / path).exists()):
        return path
    return folder / path


def _measures(study: StudyFile, document: Document) -> list[Problem]:
    if study.measures is None:
        return []
    from clfz.runs.measures import Horizon, unknown_measure

    horizon = Horizon(study.programme_months, study.months, study.reporting)
    found = [(at, unknown_measure(name, horizon)) for at, name in enumerate(study.measures)]
    return [document.problem(("measures", at), text) for at, text in found if text]
