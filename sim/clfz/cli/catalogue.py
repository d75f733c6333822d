"""`clfz zones`, `programmes`, `interventions`, `shocks`, `indicators`, `parameters`, `list`: what there is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from clfz.cli import options
from clfz.cli.console import as_json, number, paragraph, show, table
from clfz.cli.group import command
from clfz.cli.mistakes import load, unknown
from clfz.cli.options import Text
from clfz.programme.names import AGE_BANDS

NAME = options.argument("[NAME]", "Explain this one instead of listing all.", None)
_ACTIVITIES = ("school only", "school and work", "work only", "neither")
_TYPES = {"integer": "whole number", "boolean": "true or false", "string": "text"}
_RANGES = ("name", "low", "high", "meaning (unit)")

T = TypeVar("T")


def pick(what: str, name: str, entries: Mapping[str, T], where: str) -> T:
    """Return an entry by its name, or name the nearest."""
    if name not in entries:
        raise unknown(what, name, entries, where)
    return entries[name]


@command(
    "List zones, or explain one.",
    "clfz zones",
    "clfz zones budhpura",
    "clfz zones my-district.yaml --json",
)
def zones(name: Text = NAME, json: bool = options.JSON) -> None:
    """List the zones; with a name (or a file), show every input with its range and source."""
    if name is not None:
        zone = load("zone", name)
        show(_data(zone) if json else _zone(zone))
        return
    keys = ("name", "title", "country", "record", "place_certainty")
    facts = [
        {key: getattr(zone, key) for key in keys} | {"children": zone.population.children.value}
        for zone in _all("zone")
    ]
    rows = [
        (
            each["name"],
            each["country"],
            number(round(each["children"])),
            each["record"] or "-",
            each["title"],
        )
        for each in facts
    ]
    head = ("name", "country", "children", "record", "place")
    hint = "One of them: clfz zones NAME. Your own: clfz new zone my-district.yaml"
    _listed("zones", facts, head, rows, json, hint)


def _zone(zone: Any) -> str:
    """Everything about a zone, as text."""
    record = f"record {zone.record} ({zone.place_certainty})" if zone.record else "no record"
    money = f"money in {zone.currency} of {zone.price_year}"
    activities = [
        (f"{sex} {band}", *(f"{100 * share:.0f}" for share in shares))
        for sex, bands in zip(("girls", "boys"), zone.activity.shares(), strict=True)
        for band, shares in zip(AGE_BANDS, bands, strict=True)
    ]
    inputs = [
        (
            ".".join(map(str, path)),
            *(number(value) for value in (each.value, each.low, each.high)),
            " ".join(each.source.split()),
        )
        for path, each in zone.quantities()
    ]
    parts = [
        zone.title,
        paragraph(zone.summary),
        f"{zone.name}: {zone.country}, {record}; {money}; runs start in {zone.start}",
        "What children do at the start, in 100:",
        table(("", *_ACTIVITIES), activities),
        paragraph(f"Source: {zone.activity_source}"),
        "Every input, with its likely range and where it comes from:",
        table(("input", "value", "low", "high", "source"), inputs),
        paragraph(f"Law: legal from {zone.law.minimum_age} years. {zone.law.source}"),
    ]
    return "\n\n".join(parts)


@command("List programmes, or explain one.", "clfz programmes", "clfz programmes area-based")
def programmes(name: Text = NAME, json: bool = options.JSON) -> None:
    """List the programmes; with a name (or a file), say what it does and when."""
    if name is None:
        facts = [
            _short(each) | {"interventions": [part.kind for part in each.interventions]}
            for each in _all("programme")
        ]
        rows = [
            (each["name"], each["title"], ", ".join(each["interventions"]) or "-") for each in facts
        ]
        hint = "One of them: clfz programmes NAME. Your own: clfz new programme my-plan.yaml"
        _listed("programmes", facts, ("name", "title", "interventions"), rows, json, hint)
        return
    programme = load("programme", name)
    if json:
        show(_data(programme))
        return
    lines = [programme.title, "", paragraph(programme.summary)]
    for part in programme.interventions:
        end = "the end of the programme" if part.end_month is None else f"month {part.end_month}"
        size = "" if part.intensity == 1.0 else f", at intensity {part.intensity:g}"
        lines += ["", f"{part.title} ({part.kind}), month {part.start_month} to {end}{size}"]
        lines += [paragraph(part.sentence(), "  ")]
    lines += ["", "What a kind can do: clfz interventions KIND"]
    show("\n".join(lines))


@command(
    "List kinds of intervention, or explain one.",
    "clfz interventions",
    "clfz interventions bridge_schools",
)
def interventions(name: Text = NAME, json: bool = options.JSON) -> None:
    """List the kinds of intervention; with a name, its fields, units, defaults and sources."""
    from clfz.programme.interventions import registry

    if name is not None:
        _kind("intervention", registry(), name, json=json)
        return
    entries = [
        {"kind": kind, "title": cls.title, "what": (cls.__doc__ or "").split("\n\n")[0]}
        for kind, cls in registry().items()
    ]
    hint = "One of them, with its fields: clfz interventions KIND"
    rows = [tuple(each.values()) for each in entries]
    _listed("interventions", entries, ("kind", "title", "what it is"), rows, json, hint)


@command("List shocks, or explain one.", "clfz shocks drought")
def shocks(name: Text = NAME, json: bool = options.JSON) -> None:
    """List the shocks and their kinds; with a name (or a file), what happens and its fields."""
    from clfz.inputs.find import is_path, names
    from clfz.programme.shocks import registry

    if name is None:
        found = _all("shock")
        facts = [_short(each) | {"kind": each.event.kind} for each in found]
        rows = [(each.name, each.event.kind, each.event.sentence()) for each in found]
        hint = "One of them: clfz shocks NAME. Your own: clfz new shock my-shock.yaml"
        _listed("shocks", facts, ("name", "kind", "what happens"), rows, json, hint)
        return
    if name in registry() and name not in names("shock"):
        _kind("shock", registry(), name, json=json)
        return
    if not is_path(name) and name not in names("shock"):
        raise unknown("shock", name, [*names("shock"), *registry()], "clfz shocks")
    shock = load("shock", name)
    if json:
        show(_data(shock))
        return
    show(f"{shock.title}\n\n{paragraph(shock.summary)}\n")
    show(f"{paragraph(shock.event.sentence())}\n\nFields of kind {shock.event.kind}:\n")
    show(_field_table(_fields(type(shock.event))))


def _kind(what: str, registry: Any, name: str, *, json: bool) -> None:
    """Explain a kind of intervention or shock: its fields, and what it says of itself."""
    # People write hyphens where files have underscores.
    known = {kind.replace("_", "-"): kind for kind in registry}
    cls = pick(what, known.get(name, name), registry, f"clfz {what}s")
    found = _fields(cls)
    if json:
        show(as_json({"kind": cls.kind, "title": cls.title, "fields": found}))
        return
    order = {"start_month": 1, "end_month": 1, "intensity": 1}
    found.sort(
        key=lambda each: 2 if each["name"].startswith("costs.") else order.get(each["name"], 0)
    )
    about = [paragraph(part) for part in (cls.__doc__ or "").split("\n\n")]
    show("\n\n".join([f"{cls.title} ({cls.kind})", *about]) + "\n")
    show(_field_table(found))
    show("\nIn words, with these defaults:")
    show(paragraph(cls().sentence(), "  "))
    lines: tuple[Any, ...] = getattr(cls, "all_lines", tuple)()
    if lines:
        show("\nLines of its budget:")
        show(paragraph("; ".join(line.title for line in lines), "  "))


def _fields(model: Any) -> list[dict[str, Any]]:
    """Every field of a model and of the blocks inside it, without `kind`, from the schema that editors use too.

    Each has `name` (a dot goes one level down), `default` (None when it must be given or has none),
    `allowed` and `meaning`.
    """
    from clfz.inputs.validate import schema_of

    def allowed(node: Any) -> str:
        if node.choices:
            return " | ".join(node.choices)
        if node.types == ["array"]:
            return f"list of {allowed(node.child(0))}"
        low = node.get("minimum", node.get("exclusiveMinimum"))
        high = node.get("maximum", node.get("exclusiveMaximum"))
        if low is not None:
            end = "or more" if high is None else f"to {number(high)}"
            return f"{number(low)} {end}"
        return _TYPES.get(node.types[0], str(node.types[0]))

    def walk(block: Any, above: str) -> Iterator[dict[str, Any]]:
        for name in block.settings:
            node = block.child(name)
            if node.settings:
                yield from walk(node, f"{above}{name}.")
            elif name != "kind":
                yield {
                    "name": above + name,
                    "default": node.get("default"),
                    "allowed": allowed(node),
                    "meaning": str(node.get("description") or node.get("title") or ""),
                }

    return list(walk(schema_of(model), ""))


def _field_table(found: list[dict[str, Any]]) -> str:
    def written(value: Any) -> str:
        """A default as a file would say it."""
        if value is None:
            return "-"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return number(value)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    head = ("field", "default", "allowed", "what it is")
    return table(
        head, [(e["name"], written(e["default"]), e["allowed"], e["meaning"]) for e in found]
    )


@command(
    "List what is counted, or define one.",
    "clfz indicators",
    "clfz indicators child_labour_rate",
)
def indicators(name: Text = NAME, json: bool = options.JSON) -> None:
    """List what is counted; with a name, its definition and who made it."""
    from clfz.inputs.indicators import CATALOGUE, definition

    if name is None:
        rows = [(each.name, each.unit, each.definition_id, each.label) for each in CATALOGUE]
        head = ("name", "unit", "definition", "what it is")
        hint = "One of them, with its definition: clfz indicators NAME"
        _listed("indicators", [asdict(each) for each in CATALOGUE], head, rows, json, hint)
        return
    # `child_labour_rate@end` is how the comparison table says it.
    known = {each.name: each for each in CATALOGUE}
    entry = pick("indicator", name.split("@", 1)[0], known, "clfz indicators")
    meant = definition(entry.definition_id)
    if json:
        show(as_json(asdict(entry) | {"definition": asdict(meant)}))
        return
    better = {1: "more is better", -1: "less is better", 0: "neither more nor less is better"}
    ages = f"children of {entry.age_band}"
    who = ages if entry.kind == "indicator" else f"one {entry.kind} a run"
    how = f"Unit: {entry.unit}. Quoted for: {who}. Direction: {better[entry.direction]}."
    lines = [f"{entry.label} ({entry.name})", "", how, ""]
    lines += [f"{meant.title} ({meant.definition_id})", paragraph(meant.text, "  ")]
    lines += [paragraph(f"Source: {meant.source}", "  ")]
    show("\n".join(lines))


@command(
    "List uncertain parameters and levers, or explain one.",
    "clfz parameters",
    "clfz parameters subsistence",
)
def parameters(name: Text = NAME, json: bool = options.JSON) -> None:
    """List the uncertain parameters and the levers; with a name, range, meaning and source."""
    from clfz.inputs import load_parameters
    from clfz.programme.levers import LEVERS

    found = load_parameters()
    if name is not None:
        entries: dict[str, Any] = {each.name: {"lever": True, **asdict(each)} for each in LEVERS}
        entries |= {each.name: each.model_dump(mode="json") for each in found}
        entry = pick("parameter or lever", name, entries, "clfz parameters")
        show(as_json(entry) if json else _parameter(entry))
        return
    if json:
        facts = {
            "parameters": [each.model_dump(mode="json") for each in found],
            "levers": [asdict(lever) for lever in LEVERS],
        }
        show(as_json(facts))
        return
    rows = [
        (each.name, *map(number, each.prior.span), f"{each.meaning} ({each.unit})")
        for each in found
    ]
    show("Uncertain parameters: each draw takes a value between low and high.\n")
    show(table(_RANGES, rows))
    show("\nLevers: what programmes and shocks move, month by month; 0 when nobody does.\n")
    show(table(*_own_table("levers")))
    show("\nOne of them: clfz parameters NAME. Fix one in a run: --set NAME=VALUE")


def _parameter(entry: dict[str, Any]) -> str:
    """A parameter or lever as text."""
    if entry.get("lever"):
        lines = [f"{entry['name']}: a lever", "", f"{entry['meaning']}.".capitalize()]
        lines += [f"Unit: {entry['unit']}. Allowed: {entry['low']:g} to {entry['high']:g}."]
        how = "add up" if entry["combine"] == "sum" else "do not add up: the largest counts"
        return "\n".join([*lines, f"Several movers {how}."])
    prior = {key: value for key, value in entry["prior"].items() if value is not None}
    lines = [
        f"{entry['name']} ({entry['symbol']})",
        "",
        paragraph(entry["meaning"]),
        f"Unit: {entry['unit']}",
        "Prior: " + ", ".join(f"{key} {value}" for key, value in prior.items()),
        f"Scope: {entry['scope']}. Group: {entry['group']}",
        paragraph(f"Source: {entry['source']}"),
    ]
    return "\n".join(lines)


@command(
    "List comparisons, countries, definitions, and all of these.",
    "clfz list comparisons",
    "clfz list countries",
    name="list",
)
def list_(
    what: Text = options.argument("[WHAT]", "zones, comparisons, studies, countries, ...", None),
    json: bool = options.JSON,
) -> None:
    """List anything by its name, also comparisons, countries and definitions."""
    commands: dict[str, Callable[..., None]] = {
        "zones": zones,
        "programmes": programmes,
        "interventions": interventions,
        "shocks": shocks,
        "indicators": indicators,
        "parameters": parameters,
    }
    known = [*commands, "levers", "comparisons", "studies", "countries", "definitions"]
    if what is None:
        show("\n".join(known))
    elif what in commands:
        commands[what](None, json)
    elif what not in known:
        raise unknown("list of", what, known, ", ".join(known))
    else:
        head, rows = _own_table(what)
        _listed(what, [dict(zip(head, row, strict=True)) for row in rows], head, rows, json)


def _own_table(what: str) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Head and rows of a list that is no command."""
    if what == "levers":
        from clfz.programme.levers import LEVERS

        return _RANGES, [
            (each.name, number(each.low), number(each.high), f"{each.meaning} ({each.unit})")
            for each in LEVERS
        ]
    if what == "countries":
        from clfz.inputs.zone import countries

        rows = [(code, name) for code, (_, name) in sorted(countries().items())]
        return ("code", "country"), rows
    if what == "definitions":
        from clfz.inputs.indicators import DEFINITIONS

        rows = [(each.definition_id, f"{each.title}. {each.text}") for each in DEFINITIONS]
        return ("definition", "what is counted"), rows
    if what == "comparisons":
        sized = [(each, each.replications) for each in _all("comparison")]
        size = "replications"
    else:
        from clfz.runs.study import Study

        sized = [(each, Study.of(each).runs) for each in _all("study")]
        size = "runs"
    return ("name", size, "question"), [
        (each.name, str(number_of), " ".join(each.question.split())) for each, number_of in sized
    ]


def _listed(
    what: str,
    facts: list[dict[str, Any]],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    json: bool,
    hint: str = "",
) -> None:
    """Show a list: as one JSON object, or as a table and what can be asked next."""
    if json:
        show(as_json({what: facts}))
        return
    show(table(head, rows))
    if hint:
        show(f"\n{hint}")


def _all(kind: str) -> list[Any]:
    """Every shipped file of a kind."""
    from clfz.inputs import find

    return [load(kind, name) for name in find.names(kind)]


def _data(item: Any) -> str:
    from clfz.inputs import to_data

    return as_json(to_data(item))


def _short(item: Any) -> dict[str, Any]:
    """Name, title and summary of a file."""
    return {"name": item.name, "title": item.title, "summary": item.summary}
