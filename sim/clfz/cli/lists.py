"""`clfz zones`, `programmes`, `interventions`, `shocks`: what there is, and one thing explained."""

from typing import Annotated, Any

import typer

from clfz.cli import fields, options, places, tables
from clfz.cli.catalogue import load, pick

Name = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="Explain this one instead of listing all.")
]


def zones(name: Name = None, json: options.Json = False) -> None:
    """List the zones; with a name (or a file), show every figure with its range and source."""
    if name is None:
        found = _all("zone")
        if json:
            tables.show(tables.as_json({"zones": [places.facts(zone) for zone in found]}))
            return
        head = ("name", "country", "children", "record", "place")
        tables.show(tables.table(head, [places.row(zone) for zone in found]))
        tables.show("\nOne of them: clfz zones NAME. Your own: clfz new zone my-district.yaml")
        return
    zone = load("zone", name)
    tables.show(_data(zone) if json else places.explained(zone))


def programmes(name: Name = None, json: options.Json = False) -> None:
    """List the programmes; with a name (or a file), say what it does and when."""
    if name is None:
        found = _all("programme")
        if json:
            tables.show(tables.as_json({"programmes": [_short(each) for each in found]}))
            return
        rows = [
            (each.name, ", ".join(part.kind for part in each.interventions) or "-", each.title)
            for each in found
        ]
        tables.show(_programme_table(rows))
        tables.show(
            "\nOne of them: clfz programmes NAME. Your own: clfz new programme my-plan.yaml"
        )
        return
    programme = load("programme", name)
    if json:
        tables.show(_data(programme))
        return
    lines = [programme.title, "", tables.paragraph(programme.summary)]
    for part in programme.interventions:
        lines += ["", f"{part.title} ({part.kind}), {_when(part)}"]
        lines += [tables.paragraph(part.sentence(), "  ")]
    lines += ["", "What a kind can do: clfz interventions KIND"]
    tables.show("\n".join(lines))


def interventions(name: Name = None, json: options.Json = False) -> None:
    """List the kinds of intervention; with a name, its fields, units, defaults and sources."""
    from clfz.programme.interventions import registry

    _kinds("intervention", registry(), name, json=json)


def shocks(name: Name = None, json: options.Json = False) -> None:
    """List the shocks and their kinds; with a name (or a file), what happens and its fields."""
    from clfz.inputs.find import is_path, names
    from clfz.programme.shocks import registry

    if name is None:
        found = _all("shock")
        if json:
            tables.show(tables.as_json({"shocks": [_short(each) for each in found]}))
            return
        rows = [(each.name, each.event.kind, each.event.sentence()) for each in found]
        tables.show(tables.table(("name", "kind", "what happens"), rows))
        tables.show("\nOne of them: clfz shocks NAME. Your own: clfz new shock my-shock.yaml")
        return
    if name in registry() and name not in names("shock"):
        _kinds("shock", registry(), name, json=json)
        return
    if not is_path(name) and name not in names("shock"):
        pick("shock", name, dict.fromkeys([*names("shock"), *registry()]), "clfz shocks")
    shock = load("shock", name)
    if json:
        tables.show(_data(shock))
        return
    tables.show(f"{shock.title}\n\n{tables.paragraph(shock.summary)}\n")
    tables.show(
        f"{tables.paragraph(shock.event.sentence())}\n\nFields of kind {shock.event.kind}:\n"
    )
    tables.show(fields.field_table(fields.fields(type(shock.event))))


def _kinds(what: str, registry: Any, name: str | None, *, json: bool) -> None:
    """List kinds, or explain one."""
    if name is None:
        entries = [
            {"kind": kind, "title": cls.title, "what": (cls.__doc__ or "").split("\n\n")[0]}
            for kind, cls in registry.items()
        ]
        if json:
            tables.show(tables.as_json({f"{what}s": entries}))
            return
        rows = [(each["kind"], each["title"], each["what"]) for each in entries]
        tables.show(tables.table(("kind", "title", "what it is"), rows))
        tables.show(f"\nOne of them, with its fields: clfz {what}s KIND")
        return
    # People write hyphens where files have underscores.
    known = {kind.replace("_", "-"): kind for kind in registry}
    cls = pick(what, known.get(name, name), registry, f"clfz {what}s")
    found = fields.fields(cls)
    if json:
        facts = {"kind": cls.kind, "title": cls.title, "fields": fields.as_dicts(found)}
        tables.show(tables.as_json(facts))
        return
    order = {"start_month": 1, "end_month": 1, "intensity": 1}
    found.sort(key=lambda each: 2 if each.name.startswith("costs.") else order.get(each.name, 0))
    about = [tables.paragraph(part) for part in (cls.__doc__ or "").split("\n\n")]
    tables.show("\n\n".join([f"{cls.title} ({cls.kind})", *about]) + "\n")
    tables.show(fields.field_table(found))
    tables.show("\nIn words, with these defaults:")
    tables.show(tables.paragraph(cls().sentence(), "  "))
    lines: tuple[Any, ...] = getattr(cls, "all_lines", tuple)()
    if lines:
        tables.show("\nLines of its budget:")
        tables.show(tables.paragraph("; ".join(line.title for line in lines), "  "))


def _all(kind: str) -> list[Any]:
    """Every shipped file of a kind."""
    from clfz.inputs import find

    return [load(kind, name) for name in find.names(kind)]


def _data(item: Any) -> str:
    from clfz.inputs import to_data

    return tables.as_json(to_data(item))


def _short(item: Any) -> dict[str, Any]:
    """Name, title and summary of a file, and the kinds in it."""
    facts = {"name": item.name, "title": item.title, "summary": item.summary}
    if hasattr(item, "event"):
        return {**facts, "kind": item.event.kind}
    return {**facts, "interventions": [part.kind for part in item.interventions]}


def _programme_table(rows: list[tuple[str, str, str]]) -> str:
    """Name and title first; the kinds, which can be many, wrap."""
    turned = [(name, title, kinds) for name, kinds, title in rows]
    return tables.table(("name", "title", "interventions"), turned)


def _when(part: Any) -> str:
    """The months of an intervention in words."""
    end = "the end of the programme" if part.end_month is None else f"month {part.end_month}"
    size = "" if part.intensity == 1.0 else f", at intensity {part.intensity:g}"
    return f"month {part.start_month} to {end}{size}"
