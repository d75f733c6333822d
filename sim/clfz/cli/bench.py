"""`clfz bench`: how fast the engine is on this machine."""

from typing import Annotated, Any

import typer

from clfz.cli import options, progress, tables

_ROWS = (
    ("ns_per_child_month_1_thread", "time for one child and month, one thread", "ns"),
    ("ns_per_child_month_2_threads", "time for one child and month, two threads", "ns"),
    ("twin_ratio", "how often faster than the reference implementation", "times"),
    ("bytes_per_child", "memory for one child", "bytes"),
    ("outside_compiled_share", "share of a run's time outside compiled code", ""),
    ("warm_small_job_s", "a small job, compiled before", "s"),
)


def bench(
    json: options.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Measure the speed of the engine on this machine (about two minutes; three on an older machine)."""
    from clfz.bench import measure  # loads the engine

    if not quiet:
        typer.echo("Measuring; other programs running now make the numbers worse.", err=True)
    with progress.shown(quiet) as moved:
        found: dict[str, Any] = dict(measure(moved))
    if json:
        tables.show(tables.as_json(found))
        return
    named = [(_shown(found.pop(name), unit), text) for name, text, unit in _ROWS if name in found]
    tables.show(tables.table(("value", "what"), named))
    if found:
        rows = [(_shown(value), name) for name, value in found.items()]
        tables.show("\nAnd by name, as docs/performance.md explains them:\n")
        tables.show(tables.table(("value", "name"), rows))


def _shown(value: Any, unit: str = "") -> str:
    text = f"{value:.3g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}".strip()
