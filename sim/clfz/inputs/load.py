"""Input files as objects: read, validated, and checked against each other."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clfz.inputs.find import FOLDERS, locate, priors_file, shown_path
from clfz.inputs.problems import InputError, Problem, nearest
from clfz.inputs.text_file import read_text
from clfz.inputs.validate import validate
from clfz.inputs.yaml_reader import Document, parse_yaml

if TYPE_CHECKING:
    from clfz.inputs.comparison import Comparison
    from clfz.inputs.parameters_file import Parameter
    from clfz.inputs.programme import Programme
    from clfz.inputs.shock import Shock
    from clfz.inputs.study import StudyFile
    from clfz.inputs.zone import Zone

KINDS = (*FOLDERS, "parameters")
# By these settings one can tell what a file is meant to be.
_SIGNS = {
    "zone": "population income livelihoods wages hazard activity hours school law country",
    "programme": "interventions",
    "shock": "severity recovery_months start_month months kind",
    "comparison": "zone programmes shocks draws replicates programme_months question",
    "study": "zones programmes shocks draws replicates programme_months question design measures keep luck",
    "parameters": "parameters",
}


@dataclass(frozen=True)
class Checked:
    """What became of a file: the object, or the problems that stand in its way; and warnings."""

    kind: str
    value: Any
    problems: list[Problem]
    warnings: list[Problem]

    def use(self) -> Any:
        """The object.

        Raises:
            InputError: there are problems.
        """
        if self.problems:
            raise InputError(self.problems)
        return self.value


def load_zone(name_or_path: str | os.PathLike[str]) -> Zone:
    """The zone of that name or path.

    Raises:
        InputError: with everything that is wrong with it.
    """
    zone: Zone = check("zone", name_or_path).use()
    return zone


def load_programme(name_or_path: str | os.PathLike[str]) -> Programme:
    """The programme of that name or path.

    Raises:
        InputError: with everything that is wrong with it.
    """
    programme: Programme = check("programme", name_or_path).use()
    return programme


def load_shock(name_or_path: str | os.PathLike[str]) -> Shock:
    """The shock of that name or path.

    Raises:
        InputError: with everything that is wrong with it.
    """
    shock: Shock = check("shock", name_or_path).use()
    return shock


def load_comparison(name_or_path: str | os.PathLike[str]) -> Comparison:
    """The comparison of that name or path; its zone, programmes and shocks are sound too.

    Paths inside it are given back so that they work from the working directory.

    Raises:
        InputError: with everything that is wrong with it and with the files it names.
    """
    comparison: Comparison = check("comparison", name_or_path).use()
    return comparison


def load_study_file(name_or_path: str | os.PathLike[str]) -> StudyFile:
    """The study of that name or path as its file says it; `experiments.load_study` makes it ready to run.

    Raises:
        InputError: with everything that is wrong with it and with the files it names.
    """
    study: StudyFile = check("study", name_or_path).use()
    return study


def load_parameters(path: str | os.PathLike[str] | None = None) -> tuple[Parameter, ...]:
    """The uncertain parameters of a file, by default the shipped priors (read again only when they have changed).

    Raises:
        InputError: with everything that is wrong with it.
    """
    if path is None:
        shipped = priors_file()
        if shipped.exists():
            return _shipped(shipped, shipped.stat().st_mtime_ns)
    parameters: tuple[Parameter, ...] = check("parameters", path or priors_file()).use().parameters
    return parameters


@lru_cache(maxsize=1)
def _shipped(file: Path, _changed: int) -> tuple[Parameter, ...]:
    return load_parameters(file)


def check(kind: str, name_or_path: str | os.PathLike[str]) -> Checked:
    """Everything about a file of a known kind, without raising."""
    try:
        path = Path(name_or_path) if kind == "parameters" else locate(kind, name_or_path)
        document = _read(path)
    except InputError as error:
        return Checked(kind, None, error.problems, [])
    if other := _another_kind(kind, document):
        return Checked(kind, None, [other], [])
    return check_document(kind, document, path.parent)


def check_file(path: str | os.PathLike[str]) -> tuple[str, list[Problem], list[Problem]]:
    """Find out what a file is meant to be, and check it.

    Returns:
        kind (zone, programme, shock, comparison, study, parameters; "" when it cannot be told), problems,
        warnings.
    """
    try:
        document = _read(Path(path))
    except InputError as error:
        return "", error.problems, []
    kind = guess_kind(document.data)
    if not kind:
        return "", [*document.problems, _of_no_kind(document)], []
    checked = check_document(kind, document, Path(path).parent)
    return kind, checked.problems, checked.warnings


def check_text(text: str, name: str, kind: str | None = None) -> Checked:
    """The same for text that is no file yet, such as one sent by a web page."""
    try:
        document = parse_yaml(text, name)
    except InputError as error:
        return Checked(kind or "", None, error.problems, [])
    kind = kind or guess_kind(document.data)
    if not kind:
        return Checked("", None, [*document.problems, _of_no_kind(document)], [])
    return check_document(kind, document, None)


def check_document(kind: str, document: Document, folder: Path | None) -> Checked:
    """Validate a document; `folder` is where the files that it names are looked for."""
    value: Any
    warnings: list[Problem] = []
    if kind == "zone":
        from clfz.inputs import zone

        value, problems = validate(zone.Zone, document, "this zone file")
        warnings += zone.warnings(value, document) if value else []
    elif kind == "programme":
        from clfz.inputs.programme import Programme, repeated_kinds

        value, problems = validate(Programme, document, "this programme file")
        blocks = document.data.get("interventions")
        blocks = blocks if isinstance(blocks, list) else []
        kinds = [block.get("kind") if isinstance(block, dict) else None for block in blocks]
        problems += [document.problem(*found) for found in repeated_kinds(kinds)]
    elif kind == "shock":
        from clfz.inputs.shock import Shock

        value, problems = validate(Shock, document, "this shock file")
    elif kind == "comparison":
        from clfz.inputs import comparison
        from clfz.inputs.references import follow

        value, problems = validate(comparison.Comparison, document, "this comparison file")
        warnings += comparison.warnings(value, document) if value else []
        value, more_problems, more_warnings = follow(value, document, folder)
        problems, warnings = problems + more_problems, warnings + more_warnings
    elif kind == "study":
        value, problems, warnings = _study(document, folder)
    else:
        from clfz.inputs.parameters_file import ParametersFile

        value, problems = validate(ParametersFile, document, "this list of parameters")
    warnings += _other_name(document, value) if folder else []
    return Checked(kind, None if problems else value, _each_once(problems), _each_once(warnings))


def _study(
    document: Document, folder: Path | None
) -> tuple[StudyFile | None, list[Problem], list[Problem]]:
    """A study, the files that it names, and whether design and measures fit them."""
    from clfz.inputs import study
    from clfz.inputs.designs import Table
    from clfz.inputs.factors import Space
    from clfz.inputs.references import follow
    from clfz.inputs.study_checks import beside, check_study

    value, problems = validate(study.StudyFile, document, "this study file")
    warnings = study.warnings(value, document) if value else []
    value, more_problems, more_warnings = follow(value, document, folder)
    problems, warnings = problems + more_problems, warnings + more_warnings
    if value is None or problems:
        return value, problems, warnings
    zones = tuple(load_zone(name) for name in value.zones)
    programmes = tuple(load_programme(name) for name in value.programmes)
    space = Space(zones, programmes, load_parameters())
    more_problems, more_warnings = check_study(value, space, document, folder)
    if isinstance(value.design, Table):
        there = {"file": str(beside(value.design.file, folder))}
        value = value.model_copy(update={"design": value.design.model_copy(update=there)})
    return value, problems + more_problems, warnings + more_warnings


def guess_kind(data: Any) -> str:
    """What the settings of a file look like; "" when like nothing that is known."""
    scores = _scores(data)
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] else ""


def _scores(data: Any) -> dict[str, float]:
    """How many settings of a file belong to each kind; nearly right ones count half."""
    own = data if isinstance(data, dict) else {}
    keys = [key for key in own if key not in ("name", "title", "summary")]
    return {
        kind: sum(
            1.0 if key in signs.split() else 0.5 for key in keys if nearest(key, signs.split())
        )
        for kind, signs in _SIGNS.items()
    }


def _another_kind(kind: str, document: Document) -> Problem | None:
    """One sentence in place of a list of missing settings, when a file is clearly of another kind."""
    guess, scores = guess_kind(document.data), _scores(document.data)
    if not guess or scores[guess] <= 2 * scores[kind]:
        return None
    text = f"this is a {guess} file, and a {kind} file is needed here."
    if (kind, guess) == ("comparison", "programme"):
        text += f" For one programme write: clfz run ZONE {document.file}"
    return Problem(document.file, 0, 0, text)


def _read(path: Path) -> Document:
    name = shown_path(path)
    try:
        return parse_yaml(read_text(path), name)
    except InputError as error:
        raise InputError(
            Problem(name, found.line, found.column, found.message) for found in error.problems
        ) from None


def _of_no_kind(document: Document) -> Problem:
    text = (
        "this is no input file of ours: a zone has population and livelihoods, a programme has "
        "interventions, a shock has severity and months, a comparison has a zone and programmes, a "
        "study has zones and a design."
    )
    return Problem(document.file, 0, 0, text)


def _other_name(document: Document, value: Any) -> list[Problem]:
    stem = Path(document.file).stem
    name = getattr(value, "name", stem)
    if name == stem:
        return []
    text = f'name is "{name}", but the file is called {stem}. Reports show the name.'
    return [document.problem(("name",), text)]


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(set(problems))
