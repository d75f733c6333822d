"""The options that commands share, and the reading of what is written after them."""

import re
from collections.abc import Callable
from typing import Any

import typer

from clfz.cli.mistakes import Mistake, unknown

Number = int | None
Text = str | None
Texts = list[str] | None


def whole(option: str, low: int, high: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers that names its option when it cannot read one."""
    limits = f"from {low} to {high}" if high is not None else f"from {low} up"

    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,20}", text.strip()) else None
        if number is None or number < low or (high is not None and number > high):
            raise Mistake(f'{option} is "{text}", but it must be a whole number {limits}.')
        return number

    return read


def number(option: str, low: int, high: int, about: str) -> Any:
    """An option that takes a whole number within limits."""
    return typer.Option(None, option, metavar="N", parser=whole(option, low, high), help=about)


def text(option: str, metavar: str, about: str, default: str | None = None) -> Any:
    """An option that takes a text, or several when its parameter is a list."""
    return typer.Option(default, option, metavar=metavar, help=about)


def flag(option: str, about: str) -> Any:
    """An option that is there or not."""
    return typer.Option(False, option, help=about)


def argument(metavar: str, about: str, default: Any = ...) -> Any:
    """An argument; required when it has no default."""
    return typer.Argument(default, metavar=metavar, help=about, show_default=False)


# The same limits as in a comparison file.
SEED = number(
    "--seed", 0, 10**15 - 1, "Random seed. The same seed gives the same numbers, to the last bit."
)
DRAWS = number(
    "--draws",
    1,
    100_000,
    "How many sets of the uncertain parameters to try; 1 takes the central values.",
)
REPLICATES = number(
    "--replicates", 1, 10_000, "How often to repeat each set with other random numbers."
)
MONTHS = number("--months", 1, 408, "Months to run, programme and the time after it.")
PROGRAMME_MONTHS = number(
    "--programme-months", 1, 360, "Months until the programme leaves. [default: 48]"
)
JOBS = number(
    "--jobs", 1, 1024, "How many runs at a time; all cores when left out. Never changes a number."
)
CLUSTER = text("--cluster", "ADDRESS", "Run on a Dask cluster, for example tcp://10.0.0.1:8786.")
OUT = text("--out", "DIR", "Where the results go. [default: results/NAME]")
SET = text(
    "--set",
    "NAME=VALUE",
    "Fix a parameter or a lever, for example child_weight=0.5. May be repeated.",
)
SHOCK = text(
    "--shock",
    "NAME",
    "Name or file of a shock that hits with the programme and without, in the months that it "
    "says itself, for example drought. May be repeated. All: clfz shocks",
)
POSTERIOR = text(
    "--posterior",
    "DIR",
    "Draw the parameters from this calibration instead of from the prior (clfz calibrate).",
)
JSON = flag("--json", "Print one JSON object instead of text.")
QUIET = flag("--quiet", "No progress; print only where things are.")
ZONE = argument("ZONE", "Name or file of a zone.")
PROGRAMME = argument("PROGRAMME", "Name or file of a programme.")


def given(**settings: Any) -> dict[str, Any]:
    """What was asked for on the command line, without what was left out."""
    return {name: value for name, value in settings.items() if value is not None}


def words(**settings: Any) -> list[str]:
    """Options as words of a command line that says the same again; a list repeats its option."""
    line: list[str] = []
    for name, value in settings.items():
        option = f"--{name.rstrip('_').replace('_', '-')}"
        for each in value if isinstance(value, list | tuple) else [value]:
            line += [] if each is None else [option, str(each)]
    return line


def overrides(texts: list[str] | None) -> dict[str, float]:
    """Read `--set NAME=VALUE` into values by name.

    Raises:
        Mistake: Not of that form, an unknown name, no number, or out of its range.
    """
    if not texts:
        return {}
    from clfz.inputs import load_parameters
    from clfz.inputs.parameters import beyond, limits

    known = limits(load_parameters())
    found: dict[str, float] = {}
    for written in texts:
        name, equals, value = (part.strip() for part in written.partition("="))
        if not (equals and name and value):
            raise Mistake(
                f'--set is "{written}", but it must be NAME=VALUE, as in child_weight=0.5.'
            )
        if name not in known:
            raise unknown("parameter or lever", name, known, "clfz parameters")
        if name in found:
            raise Mistake(f"--set gives {name} twice; keep one.")
        digits, hundred = (value[:-1], 100.0) if value.endswith("%") else (value, 1.0)
        try:
            found[name] = float(digits) / hundred
        except ValueError:
            point = " Write a point for decimals." if "," in value else ""
            raise Mistake(f'--set {name} is "{value}", which is not a number.{point}') from None
        if told := beyond(name, found[name], known, written=value):
            raise Mistake(f"--set {told}")
    return found
