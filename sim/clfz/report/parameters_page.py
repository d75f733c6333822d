"""The page `docs/parameters.md`: every parameter and every lever as a table, from the lists that the model reads.

python -m clfz.report.parameters_page      writes the page anew
"""

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from clfz.inputs.parameters import load_parameters
from clfz.programme.levers import LEVERS

PAGE = Path(__file__).parents[3] / "docs" / "parameters.md"
TITLES = {
    "budget": "Household budget",
    "work": "Work",
    "school": "School",
    "norms": "Norms and messages",
    "habits": "How often people decide",
    "reporting": "What a programme reports",
}
HEAD = """# Parameters and levers

Made from `calibration/priors.yaml` and `clfz.programme.levers` by `python -m clfz.report.parameters_page`;
change those, not this page.
`clfz parameters` shows the same lists, `clfz parameters NAME` one entry. Where each one acts: [odd.md](odd.md).

## Parameters

What nobody knows exactly. A *draw* takes every parameter from its prior, independently; with one draw each has its
central value. *Uniform*: all values from low to high alike; *triangular*: most likely at the centre; *fixed*: taken as
known. `T1-018` and the like are rows of the table of effects that the priors were made from; `assumed` is a judgement.
"""
LEVERS_HEAD = """## Levers

What programmes and shocks move, month by month, and `--set NAME=VALUE` by hand. At 0, where nobody moves it, a lever
does nothing. When two movers meet, their values add up (*sum*) or the larger counts (*max*), within the bounds.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    head: tuple[str, ...] = ("name", "meaning", "unit", "low", "centre", "high", "prior", "source")
    for group, members in groupby(load_parameters(), key=lambda each: each.group):
        rows = []
        for each in members:
            own = "" if each.scope == "shared" else f" One number a {each.scope}."
            low, high = each.prior.span
            numbers = [f"{value:g}" for value in (low, each.prior.central, high)]
            meaning = f"{each.meaning}{own}"
            rows.append(
                (f"`{each.name}`", meaning, each.unit, *numbers, each.prior.kind, each.source)
            )
        parts += [f"### {TITLES.get(group, group.capitalize())}\n", _table(head, rows)]
    head = ("name", "meaning", "unit", "low", "high", "two movers")
    levers = [
        (f"`{each.name}`", each.meaning, each.unit, f"{each.low:g}", f"{each.high:g}", each.combine)
        for each in LEVERS
    ]
    return "\n".join([*parts, LEVERS_HEAD, _table(head, levers)])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = ([" ".join(cell.split()).replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is new.\n")


if __name__ == "__main__":
    main()
