"""Input files as objects: read, validated, and checked against the files that they name; and objects as YAML."""

from __future__ import annotations

import io
import os
import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from clfz.inputs import find
from clfz.inputs.problems import DataPath, InputError, Problem, did_you_mean, nearest
from clfz.inputs.validate import validate
from clfz.inputs.yaml_reader import Document, parse_yaml, read_text

if TYPE_CHECKING:
    from clfz.inputs.parameters import Parameter
    from clfz.inputs.programme import Programme, Shock
    from clfz.inputs.study import Comparison, StudyFile
    from clfz.inputs.zone import Zone


_ASKED = "programmes shocks draws replicates programme_months question"
# Kind -> module and class (imported when first needed: some bring numpy), and the settings that tell that it is one.
_KINDS = {
    "zone": (
        "zone",
        "Zone",
        "population income livelihoods wages hazard activity hours school law country",
    ),
    "programme": ("programme", "Programme", "interventions"),
    "shock": ("programme", "Shock", "severity recovery_months start_month months kind"),
    "comparison": ("study", "Comparison", f"zone {_ASKED}"),
    "study": ("study", "StudyFile", f"zones {_ASKED} design measures keep luck"),
    "parameters": ("parameters", "ParametersFile", "parameters"),
}
KINDS = tuple(_KINDS)
_OF_NO_KIND = (
    "this is no input file of ours: a zone has population and livelihoods, a programme has "
    "interventions, a shock has severity and months, a comparison has a zone and programmes, a "
    "study has zones and a design."
)


class Checked(NamedTuple):
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
    """The zone of that name or path; an `InputError` tells everything that is wrong with it."""
    zone: Zone = check("zone", name_or_path).use()
    return zone


def load_programme(name_or_path: str | os.PathLike[str]) -> Programme:
    """The programme of that name or path; an `InputError` tells everything that is wrong with it."""
    programme: Programme = check("programme", name_or_path).use()
    return programme


def load_shock(name_or_path: str | os.PathLike[str]) -> Shock:
    """The shock of that name or path; an `InputError` tells everything that is wrong with it."""
    shock: Shock = check("shock", name_or_path).use()
    return shock


def load_comparison(name_or_path: str | os.PathLike[str]) -> Comparison:
    """The comparison of that name or path, its paths so that they work from the working directory.

    An `InputError` tells everything that is wrong with it and with the files that it names.
    """
    comparison: Comparison = check("comparison", name_or_path).use()
    return comparison


def load_study_file(name_or_path: str | os.PathLike[str]) -> StudyFile:
    """The study of that name or path as its file says it; `clfz.load_study` makes it ready to run.

    An `InputError` tells everything that is wrong with it and with the files that it names.
    """
    study: StudyFile = check("study", name_or_path).use()
    return study


def load_parameters(path: str | os.PathLike[str] | None = None) -> tuple[Parameter, ...]:
    """The uncertain parameters of a file, by default the shipped priors (read again only when they have changed).

    An `InputError` tells everything that is wrong with it.
    """
    file = Path(path or find.priors_file())
    return _parameters(file, file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=1)
def _parameters(file: Path, _changed: int) -> tuple[Parameter, ...]:
    parameters: tuple[Parameter, ...] = check("parameters", file).use().parameters
    return parameters


def check(kind: str, name_or_path: str | os.PathLike[str]) -> Checked:
    """Everything about a file of a known kind, without raising; what it is meant to be is found out when kind is ""."""
    try:
        named = kind in find.FOLDERS
        path = find.locate(kind, name_or_path) if named else Path(name_or_path)
        name = find.shown_path(path)
        return check_text(read_text(path, name), name, kind, path.parent)
    except InputError as error:
        return Checked(kind, None, error.problems, [])


def check_file(path: str | os.PathLike[str]) -> Checked:
    """Find out what a file is meant to be, and check it; the kind is "" when it cannot be told."""
    return check("", Path(path))


def check_text(text: str, name: str, kind: str = "", folder: Path | None = None) -> Checked:
    """The same for text, also one that is no file yet, such as one sent by a web page.

    Args:
        text: YAML.
        name: What stands for the file in messages.
        kind: What it should be; when left out, its settings tell.
        folder: Where the files that it names are looked for; None when it is no file.
    """
    try:
        document = parse_yaml(text, name)
    except InputError as error:
        return Checked(kind, None, error.problems, [])
    # A setting that is only nearly right counts half.
    keys = [key for key in document.data if key not in ("name", "title", "summary")]
    scores = {
        each: sum(
            1.0 if key in signs.split() else 0.5 for key in keys if nearest(key, signs.split())
        )
        for each, (_, _, signs) in _KINDS.items()
    }
    guess = max(KINDS, key=lambda each: scores[each])
    if not kind and not scores[guess]:
        unknown = Problem(name, 0, 0, _OF_NO_KIND)
        return Checked("", None, [*document.problems, unknown], [])
    if kind and scores[guess] > 2 * scores[kind]:  # in place of all that is missing
        told = f"this is a {guess} file, and a {kind} file is needed here."
        if (kind, guess) == ("comparison", "programme"):
            told += f" For one programme write: clfz run ZONE {name}"
        return Checked(kind, None, [Problem(name, 0, 0, told)], [])
    kind = kind or guess
    what = "this list of parameters" if kind == "parameters" else f"this {kind} file"
    value: Any
    value, problems = validate(model_of(kind), document, what)
    warnings: list[Problem] = []
    if value and hasattr(value, "warnings"):
        warnings = [document.problem(*each) for each in value.warnings()]
    if kind == "programme":  # told even when something else is wrong
        from clfz.inputs.programme import repeated_kinds  # brings numpy

        blocks = document.data.get("interventions")
        blocks = blocks if isinstance(blocks, list) else []
        kinds = [block.get("kind") if isinstance(block, dict) else None for block in blocks]
        problems += [document.problem(*found) for found in repeated_kinds(kinds)]
    if kind in ("comparison", "study"):
        value, more_problems, more_warnings = _follow(value, document, folder)
        problems, warnings = problems + more_problems, warnings + more_warnings
    if kind == "study" and not problems:
        from clfz.inputs.factors import check_study  # slow to import: pandas and the engine's lists

        value, more_problems, more_warnings = check_study(value, document, folder)
        problems, warnings = problems + more_problems, warnings + more_warnings
    stem = Path(name).stem
    if folder and value and (own := getattr(value, "name", stem)) != stem:
        told = f'name is "{own}", but the file is called {stem}. Reports show the name.'
        warnings.append(document.problem(("name",), told))
    value = None if problems else value
    return Checked(kind, value, sorted(set(problems)), sorted(set(warnings)))


def model_of(kind: str) -> type[BaseModel]:
    """The class of a kind of file."""
    module, name, _ = _KINDS[kind]
    model: type[BaseModel] = getattr(import_module(f"clfz.inputs.{module}"), name)
    return model


Asked = TypeVar("Asked", bound="Comparison | StudyFile")


def _follow(
    asked: Asked | None, document: Document, folder: Path | None
) -> tuple[Asked | None, list[Problem], list[Problem]]:
    """Open every file that a comparison or a study names, even when it is not sound itself (then `asked` is None).

    Returns:
        the same with paths that work from the working directory, problems, warnings.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    resolved: dict[DataPath, str] = {}
    titles: dict[str, str] = {}
    for kind, path, entry in _entries(document.data):
        if not find.is_path(entry) and entry not in find.names(kind):
            problems.append(document.problem(path, find.unknown_name(kind, entry, folder)))
            continue
        resolved[path] = find.beside(entry, folder) if find.is_path(entry) else entry
        checked = check(kind, resolved[path])
        # a file that cannot be opened is told where it is named; its content where it stands
        problems += [
            each if each.line else document.problem(path, f"{each.file}: {each.message}")
            for each in checked.problems
        ]
        value = checked.value
        if value is None:
            continue
        if kind in ("programme", "zone"):
            first = titles.setdefault(f"{kind} {value.name}", entry)
            if first != entry:
                text = f'"{first}" and "{entry}" are both named {value.name}; rename one.'
                problems.append(document.problem(path, text))
            alike = titles.setdefault(f"{kind} title {value.title}", entry)
            if alike not in (first, entry):
                text = f'"{alike}" and "{entry}" have the same title; in a report they look alike.'
                warnings.append(document.problem(path, text))
        if asked and kind != "zone":
            never, cut = value.outside(asked.programme_months, asked.months)
            problems += [document.problem(path, text) for text in never]
            warnings += [document.problem(path, text) for text in cut]
    problems += _fixed_values(document)
    if asked is None or problems:
        return asked, problems, warnings
    paths: dict[str, list[str]] = {}
    for (setting, *_), found in resolved.items():
        paths.setdefault(str(setting), []).append(found)
    changed = {key: found[0] if key == "zone" else tuple(found) for key, found in paths.items()}
    whole: Any = asked.model_copy(update=changed)
    return whole, problems, warnings


def _entries(data: Any) -> list[tuple[str, DataPath, str]]:
    """What is named: kind of file, place in the data, name or path."""
    found: list[tuple[str, DataPath, Any]] = [("zone", ("zone",), data.get("zone"))]
    for kind in ("zone", "programme", "shock"):
        items = data.get(find.FOLDERS[kind])
        for at, entry in enumerate(items if isinstance(items, list) else ()):
            found.append((kind, (find.FOLDERS[kind], at), entry))
    return [each for each in found if isinstance(each[2], str)]


def _fixed_values(document: Document) -> list[Problem]:
    """What is wrong with the names and values under `set`."""
    fixed = document.data.get("set")
    if not isinstance(fixed, dict) or not fixed:
        return []
    from clfz.inputs.parameters import beyond, limits  # it imports this module

    known = limits(load_parameters())
    problems = []
    for name, value in fixed.items():
        here: DataPath = ("set", name)
        if name not in known:
            text = f'"{name}" is no parameter and no lever. {did_you_mean(name, known)}'
            told = f"{text}All: clfz list parameters"
            problems.append(document.problem(here, told, at_name=True))
        elif not isinstance(value, int | float) or isinstance(value, bool):
            continue  # told by its type
        elif text_beyond := beyond(name, value, known, written=str(value)):
            problems.append(document.problem(here, text_beyond))
    return problems


# Objects as files.


def to_data(item: BaseModel) -> dict[str, Any]:
    """Plain data as the item's file would say them: keys as in files, no Python types."""
    data: dict[str, Any] = item.model_dump(mode="json", by_alias=True)
    return data


def to_yaml(item: BaseModel | dict[str, Any], kind: str | None = None) -> str:
    """YAML text of an item; with `kind`, its first line tells editors which schema it follows."""
    data = to_data(item) if isinstance(item, BaseModel) else item
    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_styled(data), text)
    head = f"# yaml-language-server: $schema=../schema/{kind}.schema.json\n" if kind else ""
    return head + text.getvalue()


def _styled(value: Any) -> Any:
    """Texts in double quotes; groups that hold only numbers and texts on one line."""
    if isinstance(value, dict):
        plain = re.compile(r"[a-z][a-z0-9_-]{0,78}", re.IGNORECASE | re.ASCII)
        group = CommentedMap(
            (key if plain.fullmatch(key) else DoubleQuotedScalarString(key), _styled(item))
            for key, item in value.items()
        )
        simple = all(isinstance(item, int | float | str | None) for item in value.values())
        if simple and len(value) <= 4 and "name" not in value:
            group.fa.set_flow_style()
        return group
    if isinstance(value, list | tuple):
        items = CommentedSeq([_styled(item) for item in value])
        if not any(isinstance(item, dict | list | tuple) for item in value):
            items.fa.set_flow_style()
        return items
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value
