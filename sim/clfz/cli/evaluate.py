"""`clfz evaluate`: field data of an evaluator against the model, from a CSV file to a report."""

import importlib.util
from pathlib import Path
from typing import Annotated, Any

import typer

from clfz.cli import options, output, progress, tables
from clfz.cli.mistakes import STOPPED, Mistake, unknown
from clfz.cli.runs import _command
from clfz.inputs import find

_EXAMPLES = find.calibration_folder() / "examples"

File = Annotated[
    str | None,
    typer.Argument(metavar="[FIELD]", help="Your CSV file, or the name of a shipped example."),
]
Zone = Annotated[
    str | None,
    typer.Option("--zone", metavar="ZONE", help="Name or file of the zone. [default: the area]"),
]
Programme = Annotated[
    str, typer.Option("--programme", metavar="NAME", help="Name or file of the programme there.")
]
Area = Annotated[
    str | None, typer.Option("--area", metavar="AREA", help="Which area, when FIELD has several.")
]
Posterior = Annotated[
    str | None,
    typer.Option(
        "--posterior",
        metavar="DIR",
        help="Assumptions from a result of clfz calibrate, not from the priors.",
    ),
]
Map = Annotated[
    str | None,
    typer.Option(
        "--map", metavar="YAML", help="Which column of yours is which: lines such as value: Total"
    ),
]
Leaves = Annotated[
    int | None,
    typer.Option(
        "--programme-months",
        metavar="N",
        parser=options.whole("--programme-months", 1, 240),
        help="Months until the programme leaves. [default: 48]",
    ),
]
Template = Annotated[
    bool, typer.Option("--template", help="Print a file to fill in, with explanations.")
]


def evaluate(
    field: File = None,
    zone: Zone = None,
    programme: Programme = "area-based",
    area: Area = None,
    posterior: Posterior = None,
    map_: Map = None,
    template: Template = False,
    programme_months: Leaves = None,
    seed: options.Seed = None,
    replicates: options.Replicates = None,
    draws: options.Draws = None,
    jobs: options.Jobs = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare reported figures with the model: do they agree, and would it have happened anyway?

    Start with: clfz evaluate --template > my-data.csv. Then clfz check my-data.csv tells what is
    wrong with it. By default 500 sets of assumptions and 2 rolls of luck each.
    """
    if template:
        from clfz.inputs.field import template as text

        tables.show(text().rstrip())
        return
    if field is None:
        raise Mistake(
            "FIELD is missing. A file to fill in: clfz evaluate --template > my-data.csv. "
            "An example: clfz evaluate budhpura"
        )
    from clfz.cli.catalogue import load

    path = _path(field)
    data = _read(path, map_)
    work = load("programme", programme)
    place = load("zone", zone) if zone is not None else None
    _needs_library()
    folder = output.place(out, f"evaluate-{path.stem}")
    asked: dict[str, int | None] = {"seed": seed, "replicates": replicates, "draws": draws}
    words = ["evaluate", field, *_said("--zone", zone)]
    words += [] if programme == "area-based" else ["--programme", programme]
    words += [*_said("--area", area), *_said("--posterior", posterior), *_said("--map", map_)]
    words += _said("--programme-months", programme_months)
    command = _command(words, asked, None, out)
    asked |= {"jobs": jobs, "programme_months": programme_months}
    settings: dict[str, Any] = {k: v for k, v in asked.items() if v is not None}
    if "draws" in settings:
        settings["draws_"] = settings.pop("draws")
    output.note_replacement(folder, quiet)
    if not quiet:
        for line in (*map(str, data.warnings), *(f"{data.name}: {note}" for note in data.notes)):
            typer.echo(line, err=True)

    from clfz.analysis.evaluation import evaluate as work_out
    from clfz.analysis.evaluation import report

    with progress.shown(quiet) as moved:
        found = work_out(
            data,
            zone=place,
            programme=work,
            area=area,
            posterior=posterior,
            progress=moved,
            command=command,
            **settings,
        )
    page = report.write(found, folder)
    try:
        _tell(found, folder, page, json=json, quiet=quiet)
    except KeyboardInterrupt:
        typer.echo(f"\nStopped. The results are complete: {folder}", err=True)
        raise typer.Exit(STOPPED) from None


def examples() -> list[str]:
    """Names of the shipped field files."""
    return sorted(file.stem for file in _EXAMPLES.glob("*.csv"))


def _path(field: str) -> Path:
    """The file of a path, or a shipped example."""
    from clfz.inputs.field import is_field_file

    path = Path(field)
    if is_field_file(field) or path.exists() or path.parent != Path():
        return path
    if field not in examples():
        raise unknown("field file", field, examples(), ", ".join(examples()))
    return _EXAMPLES / f"{field}.csv"


def _read(path: Path, map_: str | None) -> Any:
    from clfz.inputs.field import columns, read_field

    mapping = columns.read_map(Path(map_), map_) if map_ is not None else None
    return read_field(path, mapping)


def _needs_library() -> None:
    if importlib.util.find_spec("sklearn") is None:
        raise Mistake(
            'clfz evaluate needs scikit-learn, which is not installed. Write: pip install "clfz[evaluate]"'
        )


def _said(option: str, value: object) -> list[str]:
    return [] if value is None else [option, str(value)]


def _tell(found: Any, folder: Path, page: Path, *, json: bool, quiet: bool) -> None:
    """Print the answer and the paths, or everything as one JSON object."""
    from clfz.analysis.evaluation import report, words

    if json:
        tables.show(tables.as_json(report.facts(found, folder, page)))
        return
    if not quiet:
        tables.show(tables.paragraph(words.said("title", found, found.plan.zone.title)) + "\n")
        for text in (*words.listed("warnings", found), *words.sentences(found)):
            tables.show(tables.paragraph(text) + "\n")
        head = ("figure", "reported", "model", "in words")
        rows = [
            (
                f"{each.placed.label}, {each.placed.row.period}",
                words.reported(each),
                words.modelled(each),
                words.said("verdict", each),
            )
            for each in found.verdicts
        ]
        tables.show(tables.table(head, rows) + "\n")
        note = words.said("note", found, words.said("reading", found))
        tables.show(tables.paragraph(note) + "\n")
    tables.show(f"Results: {folder}")
    tables.show(f"Report:  {page}")
