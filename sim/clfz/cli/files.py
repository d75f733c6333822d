"""`clfz check` and `clfz schema`: input files, before anything runs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from clfz.cli import options, tables
from clfz.cli.mistakes import MENDABLE, Mistake, unknown


def check(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files to check.")],
    json: options.Json = False,
) -> None:
    """Check input files: OK and what deserves a look, or every mistake with line and column."""
    reports = []
    for path in paths:
        kind, problems, warnings, ok = _checked(path)
        reports.append(
            {
                "file": path,
                "kind": kind,
                "ok": not problems,
                "summary": ok,
                "problems": [_facts(problem) for problem in problems],
                "warnings": [_facts(warning) for warning in warnings],
            }
        )
        if json:
            continue
        for problem in problems:
            typer.echo(str(problem), err=True)
        if not problems:
            several = f"{path}: " if len(paths) > 1 else ""
            tables.show(f"{several}{ok}{_to_look_at(warnings)}")
    if json:
        tables.show(tables.as_json({"files": reports}))
    if not all(report["ok"] for report in reports):
        raise typer.Exit(MENDABLE)


def schema(
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="Print the schema of this kind of file.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Renew scenarios/schema in a checkout.")
    ] = False,
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
            tables.show(str(path))
    elif kind is None:
        tables.show("\n".join(KINDS))
    else:
        tables.show(schema_text(kind).rstrip())


def _checked(path: str) -> tuple[str, list[Any], list[Any], str]:
    """Kind of a file, problems, warnings, and a line about what is in it when it is sound."""
    from clfz.inputs.field import check_field, is_field_file

    if is_field_file(path):
        found, problems, warnings = check_field(path)
        return "field", problems, warnings, f"OK. {found.told()}." if found else ""
    from clfz.inputs.load import check_file

    kind, problems, warnings = check_file(path)
    return kind, problems, warnings, "" if problems else _ok(kind, path)


def _facts(problem: Any) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
    }


def _ok(kind: str, path: str) -> str:
    """One line about a sound file: what is in it."""
    from clfz.inputs import check as check_kind

    # check_file tells what is wrong, not what is there.
    value = check_kind(kind, Path(path)).use()
    if kind == "comparison":
        years = f"{value.months / 12:.3g}".removesuffix(".0")
        told = f"{_count(len(value.programmes), 'programme')}, {years} years, {value.worlds} worlds"
    elif kind == "programme":
        told = f"a programme of {_count(len(value.interventions), 'intervention')}"
    elif kind == "zone":
        figures = list(value.figures())
        assumed = sum(each.source.lower().startswith("assumed") for _, each in figures)
        told = (
            f"a zone of {value.population.children.value:.0f} children, "
            f"{_count(len(figures), 'figure')}, {assumed} of them assumed"
        )
    elif kind == "study":
        from clfz.runs.study import Study

        told = Study.of(value).told()
    elif kind == "shock":
        told = f"a shock: {value.event.sentence().rstrip('.')}"
    else:
        told = _count(len(value.parameters), "parameter")
    return f"OK. {told[0].upper()}{told[1:]}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _to_look_at(warnings: list[Any]) -> str:
    """The warnings, below the verdict."""
    if not warnings:
        return ""
    head = f" {_count(len(warnings), 'thing')} to look at:"
    return "\n  ".join([head, *map(str, warnings)])
