"""`clfz indicators`, `clfz parameters`, `clfz list`: what is counted and what is uncertain."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clfz.cli import lists, options, tables
from clfz.cli.catalogue import parameters as all_parameters
from clfz.cli.catalogue import pick

if TYPE_CHECKING:
    from clfz.inputs import Parameter
    from clfz.runs.indicators import Indicator

_Table = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Column heads and rows."""
_HEAD = ("name", "low", "high", "meaning (unit)")


def indicators(name: lists.Name = None, json: options.Json = False) -> None:
    """List what is counted; with a name, its definition and who made it."""
    from clfz.runs.indicators import CATALOGUE, definition

    if name is None:
        if json:
            tables.show(tables.as_json({"indicators": [asdict(each) for each in CATALOGUE]}))
            return
        rows = [(each.name, each.unit, each.definition_id, each.label) for each in CATALOGUE]
        tables.show(tables.table(("name", "unit", "definition", "what it is"), rows))
        tables.show("\nOne of them, with its definition: clfz indicators NAME")
        return
    # `child_labour_rate@end` is how the comparison table says it.
    entry = pick(
        "indicator",
        name.split("@", 1)[0],
        {each.name: each for each in CATALOGUE},
        "clfz indicators",
    )
    meant = definition(entry.definition_id)
    if json:
        tables.show(tables.as_json(asdict(entry) | {"definition": asdict(meant)}))
        return
    lines = [f"{entry.label} ({entry.name})", "", _how(entry), ""]
    lines += [f"{meant.title} ({meant.definition_id})", tables.paragraph(meant.text, "  ")]
    lines += [tables.paragraph(f"Source: {meant.source}", "  ")]
    tables.show("\n".join(lines))


def parameters(name: lists.Name = None, json: options.Json = False) -> None:
    """List the uncertain parameters and the levers; with a name, range, meaning and source."""
    from clfz.programme.levers import LEVERS

    found = all_parameters()
    if name is not None:
        uncertain = {each.name: each.model_dump(mode="json") for each in found}
        moved = {each.name: {"lever": True, **asdict(each)} for each in LEVERS}
        entry: dict[str, Any] = pick(
            "parameter or lever", name, moved | uncertain, "clfz parameters"
        )
        tables.show(tables.as_json(entry) if json else _explained(entry))
        return
    if json:
        facts = {
            "parameters": [each.model_dump(mode="json") for each in found],
            "levers": [asdict(lever) for lever in LEVERS],
        }
        tables.show(tables.as_json(facts))
        return
    tables.show("Uncertain parameters: each draw takes a value between low and high.\n")
    tables.show(tables.table(_HEAD, [_parameter_row(each) for each in found]))
    tables.show("\nLevers: what programmes and shocks move, month by month; 0 when nobody does.\n")
    tables.show(tables.table(*_levers()))
    tables.show("\nOne of them: clfz parameters NAME. Fix one in a run: --set NAME=VALUE")


def list_(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[WHAT]", help="zones, comparisons, studies, countries, ..."),
    ] = None,
    json: options.Json = False,
) -> None:
    """List anything by its name, also comparisons, countries and definitions."""
    own: dict[str, Callable[[str | None, bool], None]] = {
        "zones": lists.zones,
        "programmes": lists.programmes,
        "interventions": lists.interventions,
        "shocks": lists.shocks,
        "indicators": indicators,
        "parameters": parameters,
    }
    tabled: dict[str, Callable[[], _Table]] = {
        "levers": _levers,
        "comparisons": _comparisons,
        "studies": _studies,
        "countries": _countries,
        "definitions": _definitions,
    }
    known = [*own, *tabled]
    if what is None:
        tables.show("\n".join(known))
        return
    pick("list of", what, dict.fromkeys(known), ", ".join(known))
    if what in own:
        own[what](None, json)
        return
    head, rows = tabled[what]()
    if json:
        entries = [dict(zip(head, row, strict=True)) for row in rows]
        tables.show(tables.as_json({what: entries}))
        return
    tables.show(tables.table(head, rows))


def _comparisons() -> _Table:
    from clfz.cli.catalogue import load
    from clfz.inputs import find

    found = [load("comparison", name) for name in find.names("comparison")]
    rows = [(each.name, str(each.worlds), " ".join(each.question.split())) for each in found]
    return ("name", "worlds", "question"), rows


def _studies() -> _Table:
    from clfz.inputs import find
    from clfz.runs.study import load_study

    found = [load_study(name) for name in find.names("study")]
    rows = [
        (each.spec.name, str(each.runs), " ".join(each.spec.question.split())) for each in found
    ]
    return ("name", "runs", "question"), rows


def _countries() -> _Table:
    from clfz.inputs.countries import countries

    rows = [(code, name) for code, (_, name) in sorted(countries().items())]
    return ("code", "country"), rows


def _definitions() -> _Table:
    from clfz.runs.indicators import DEFINITIONS

    rows = [(each.definition_id, f"{each.title}. {each.text}") for each in DEFINITIONS]
    return ("definition", "what is counted"), rows


def _levers() -> _Table:
    from clfz.programme.levers import LEVERS

    rows = [
        (each.name, tables.number(each.low), tables.number(each.high), _with_unit(each))
        for each in LEVERS
    ]
    return _HEAD, rows


def _how(entry: "Indicator") -> str:
    better = {1: "more is better", -1: "less is better", 0: "neither more nor less is better"}
    who = (
        f"children of {entry.age_band}" if entry.kind == "indicator" else f"one {entry.kind} a run"
    )
    return f"Unit: {entry.unit}. Quoted for: {who}. Direction: {better[entry.direction]}."


def _parameter_row(each: "Parameter") -> tuple[str, ...]:
    low, high = each.prior.span
    return each.name, tables.number(low), tables.number(high), f"{each.meaning} ({each.unit})"


def _with_unit(lever: Any) -> str:
    return f"{lever.meaning} ({lever.unit})"


def _explained(entry: dict[str, Any]) -> str:
    """A parameter or lever as text."""
    if entry.get("lever"):
        lines = [f"{entry['name']}: a lever", "", f"{entry['meaning']}.".capitalize()]
        lines += [f"Unit: {entry['unit']}. Allowed: {entry['low']:g} to {entry['high']:g}."]
        how = "add up" if entry["combine"] == "sum" else "do not add up: the largest counts"
        return "\n".join([*lines, f"Several movers {how}."])
    prior = {key: value for key, value in entry["prior"].items() if value is not None}
    told = ", ".join(f"{key} {value}" for key, value in prior.items())
    return "\n".join(
        [
            f"{entry['name']} ({entry['symbol']})",
            "",
            tables.paragraph(entry["meaning"]),
            f"Unit: {entry['unit']}",
            f"Prior: {told}",
            f"Scope: {entry['scope']}. Group: {entry['group']}",
            tables.paragraph(f"Source: {entry['source']}"),
        ]
    )
