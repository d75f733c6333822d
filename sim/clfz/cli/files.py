"""`clfz new`, `check`, `schema`: input files, before anything runs."""

import os
import re
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from clfz.cli import options
from clfz.cli.console import as_json, count, note, show
from clfz.cli.group import command
from clfz.cli.mistakes import MENDABLE, Mistake, unknown
from clfz.cli.options import Text
from clfz.inputs.problems import reason

_LIKE = {
    "zone": "budhpura",
    "programme": "area-based",
    "shock": "drought",
    "comparison": "headline",
    "study": "small",
}


@command(
    "Copy a shipped file to start your own.",
    "clfz new comparison my-plans.yaml",
    "clfz new zone my-district.yaml --like mali-1",
)
def new(
    kind: str = options.argument("KIND", "zone, programme, shock, comparison or study."),
    file: str = options.argument("FILE", "The file to write."),
    like: Text = options.text("--like", "NAME", "The shipped file to copy."),
) -> None:
    """Copy a shipped file, with its comments, as a start for your own."""
    from clfz.inputs import find

    if kind not in _LIKE:
        raise unknown("kind of file", kind, _LIKE, ", ".join(_LIKE))
    name = like or _LIKE[kind]
    if name not in find.names(kind):
        raise unknown(kind, name, find.names(kind), f"clfz {find.FOLDERS[kind]}")
    target = Path(file if file.endswith((".yaml", ".yml")) else f"{file}.yaml")
    slug = re.sub(r"[^a-z0-9]+", "-", target.stem.lower()).strip("-")
    if not slug:
        raise Mistake(f'"{file}" has no letter or digit in it. Write, for example, my-{kind}.yaml.')

    lines = find.locate(kind, name).read_text(encoding="utf-8").splitlines()
    head = [f"# A copy of the shipped {kind} {name}: change what differs and say where it is from."]
    if lines and lines[0].startswith("# yaml-language-server:"):
        lines.pop(0)
        schema = find.scenarios_folder() / "schema" / f"{kind}.schema.json"
        way = Path(os.path.relpath(schema, target.absolute().parent)).as_posix()
        head.insert(0, f"# yaml-language-server: $schema={way}")
    # Reports show the title: two programmes of one title could not be told apart in them.
    for key, text in (("name", slug), ("title", slug.replace("-", " ").capitalize())):
        lines = [re.sub(rf"^{key}:.*$", f'{key}: "{text}"', line) for line in lines]
    try:
        # "x": an existing file is never overwritten, not even one made a moment ago.
        with target.open("x", encoding="utf-8") as handle:
            handle.write("\n".join([*head, *lines]) + "\n")
    except FileExistsError:
        raise Mistake(f"{target} is there already. Give another name.") from None
    except FileNotFoundError:
        raise Mistake(f"Cannot write {target}: there is no folder {target.parent}.") from None
    except OSError as error:
        # a file that holds only half of the text must not stay; one that never came is no matter
        target.unlink(missing_ok=True)
        raise Mistake(f"Cannot write {target}: {reason(error)}.") from None
    check = shlex.join(["clfz", "check", str(target)])
    show(f"{target} is a copy of the {kind} {name}. Change it, then: {check}")


@command(
    "Check input files: mistakes, and what to write instead.",
    "clfz check my-plans.yaml",
    "clfz check my-district.yaml my-data.csv",
)
def check(
    paths: list[str] = options.argument("FILE...", "Files to check."),
    json: bool = options.JSON,
) -> None:
    """Check input files: OK and what deserves a look, or every mistake with line and column."""
    reports = []
    for path in paths:
        kind, problems, warnings, told = _checked(path)
        reports.append(
            {
                "file": path,
                "kind": kind,
                "ok": not problems,
                "summary": told,
                "problems": [asdict(problem) for problem in problems],
                "warnings": [asdict(warning) for warning in warnings],
            }
        )
        if json:
            continue
        for problem in problems:
            note(str(problem))
        if not problems:
            look = [f" {count(len(warnings), 'thing')} to look at:"] if warnings else []
            several = f"{path}: " if len(paths) > 1 else ""
            show(several + told + "\n  ".join([*look, *map(str, warnings)]))
    if json:
        show(as_json({"files": reports}))
    if not all(report["ok"] for report in reports):
        raise typer.Exit(MENDABLE)


def _checked(path: str) -> tuple[str, list[Any], list[Any], str]:
    """Kind of a file, problems, warnings, and a line about what is in it when it is sound."""
    from clfz.inputs import check_file
    from clfz.inputs.field import check_field, is_field_file

    if is_field_file(path):
        found, problems, warnings = check_field(path)
        return "field", problems, warnings, f"OK. {found.told()}." if found else ""
    kind, value, problems, warnings = check_file(path)
    if problems:
        return kind, problems, warnings, ""
    told = _told(kind, value)
    return kind, problems, warnings, f"OK. {told[0].upper()}{told[1:]}."


def _told(kind: str, value: Any) -> str:
    """What is in a sound file."""
    if kind == "comparison":
        years = f"{value.months / 12:.3g}".removesuffix(".0")
        return f"{count(len(value.programmes), 'programme')}, {years} years, {value.replications} replications"
    if kind == "programme":
        return f"a programme of {count(len(value.interventions), 'intervention')}"
    if kind == "zone":
        inputs = [each for _, each in value.quantities()]
        assumed = sum(each.source.lower().startswith("assumed") for each in inputs)
        children = f"{value.population.children.value:.0f}"
        return f"a zone of {children} children, {count(len(inputs), 'input')}, {assumed} of them assumed"
    if kind == "study":
        from clfz.runs.study import Study

        return Study.of(value).told()
    if kind == "shock":
        return f"a shock: {value.event.sentence().rstrip('.')}"
    return count(len(value.parameters), "parameter")


@command(
    "Print the JSON Schema of a kind of file.",
    "clfz schema",
    "clfz schema zone > zone.schema.json",
)
def schema(
    kind: Text = options.argument("[KIND]", "Print the schema of this kind of file.", None),
    write: bool = options.flag("--write", "Renew scenarios/schema in a checkout."),
) -> None:
    """Print the JSON Schema of a kind of file, for editors; without KIND, list the kinds."""
    from clfz.inputs.find import scenarios_folder
    from clfz.inputs.load import KINDS
    from clfz.inputs.schema import schema_text, write_schemas

    if kind is not None and kind not in KINDS:
        raise unknown("kind of file", kind, KINDS, "clfz schema")
    if write:
        if not (scenarios_folder().parent / "pyproject.toml").is_file():
            raise Mistake(
                "--write renews the schemas of a checkout, and this is an installed copy."
            )
        for path in write_schemas():
            show(str(path))
    else:
        show("\n".join(KINDS) if kind is None else schema_text(kind).rstrip())
