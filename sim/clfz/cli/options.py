"""The options that commands share, and the reading of what is written after them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from clfz.cli.mistakes import Mistake, unknown

if TYPE_CHECKING:
    from clfz.inputs.parameters import Limits


def whole(option: str, low: int, high: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers that names its option when it cannot read one."""
    limits = f"from {low} to {high}" if high is not None else f"from {low} up"

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text.strip()) else None
        if number is None or number < low or (high is not None and number > high):
            raise Mistake(f'{option} is "{text}", but it must be a whole number {limits}.')
        return number

    return read


# The same limits as in a comparison file.
_SEED_HIGH = 10**15 - 1

Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        parser=whole("--seed", 0, _SEED_HIGH),
        help="Luck. The same seed gives the same numbers, to the last bit.",
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(
        "--draws",
        metavar="N",
        parser=whole("--draws", 1, 100_000),
        help="How many sets of the uncertain parameters to try; 1 takes the central values.",
    ),
]
Replicates = Annotated[
    int | None,
    typer.Option(
        "--replicates",
        metavar="N",
        parser=whole("--replicates", 1, 10_000),
        help="How often to repeat each set with other luck.",
    ),
]
Months = Annotated[
    int | None,
    typer.Option(
        "--months",
        metavar="N",
        parser=whole("--months", 1, 408),
        help="Months to run, programme and the time after it.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="N",
        parser=whole("--jobs", 1, 1024),
        help="How many runs at a time; all cores when left out. Never changes a number.",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Run on a Dask cluster, for example tcp://10.0.0.1:8786.",
    ),
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="Where the results go. [default: results/NAME]"),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Fix a parameter or a lever, for example child_weight=0.5. May be repeated.",
    ),
]
Shock = Annotated[
    list[str] | None,
    typer.Option(
        "--shock",
        metavar="NAME",
        help="Name or file of a shock that hits with the programme and without, in the months that it "
        "says itself, for example drought. May be repeated. All: clfz shocks",
    ),
]
Posterior = Annotated[
    str | None,
    typer.Option(
        "--posterior",
        metavar="DIR",
        help="Draw the parameters from this calibration instead of from the prior (clfz calibrate).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress; print only where things are.")]


def overrides(texts: list[str] | None) -> dict[str, float]:
    """Read `--set NAME=VALUE` into values by name.

    Raises:
        Mistake: Not of that form, an unknown name, no number, or out of its range.
    """
    if not texts:
        return {}
    from clfz.cli.catalogue import parameters
    from clfz.inputs.parameters import limits

    known = limits(parameters())
    found: dict[str, float] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and name and value):
            raise Mistake(f'--set is "{text}", but it must be NAME=VALUE, as in child_weight=0.5.')
        if name not in known:
            raise unknown("parameter or lever", name, known, "clfz parameters")
        if name in found:
            raise Mistake(f"--set gives {name} twice; keep one.")
        found[name] = _value(name, value, known)
    return found


def _value(name: str, text: str, known: "Limits") -> float:
    """Read one value; `60%` is 0.6."""
    from clfz.inputs.parameters import beyond

    digits, hundred = (text[:-1], 100.0) if text.endswith("%") else (text, 1.0)
    try:
        value = float(digits) / hundred
    except ValueError:
        point = " Write a point for decimals." if "," in text else ""
        raise Mistake(f'--set {name} is "{text}", which is not a number.{point}') from None
    if told := beyond(name, value, known, written=text):
        raise Mistake(f"--set {told}")
    return value
