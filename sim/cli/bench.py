"""`clfz bench`: how fast the engine is on this machine."""

from typing import Any

import typer

from sim.cli import options, tables

_ROWS = (
    ("ns_per_child_month_1_thread", "time for one child and month, one thread", "ns"),
    ("ns_per_child_month_2_threads", "time for one child and month, two threads", "ns"),
    ("twin_ratio", "how often faster than the readable twin", "times"),
    ("bytes_per_child", "memory for one child", "bytes"),
    ("outside_compiled_share", "share of a run's time outside compiled code", ""),
    ("warm_small_job_s", "a small job, compiled before", "s"),
)


def bench(json: options.Json = False) -> None:
    """Measure the speed of the engine on this machine (about a minute)."""
    from experiments.benchmarks import measure  # studies need not be typed

    if not json:
        typer.echo("Measuring; other programs running now make the numbers worse.", err=True)
    found: dict[str, Any] = dict(measure())
    if json:
        tables.show(tables.as_json(found))
        return
    known = {name: (text, unit) for name, text, unit in _ROWS}
    rows = []
    for name, value in found.items():
        text, unit = known.get(name, (name, ""))
        shown = f"{value:.3g}" if isinstance(value, float) else str(value)
        rows.append((f"{shown} {unit}".strip(), text))
    tables.show(tables.table(("value", "what"), rows))
