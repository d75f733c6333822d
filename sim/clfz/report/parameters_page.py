"""The page `docs/parameters.md`: every parameter and every lever as a table, from the lists that the model reads.

python -m clfz.report.parameters_page      writes the page anew
"""

import sys
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

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


def page() -> str:
    """The whole page."""
    loader = FileSystemLoader(Path(__file__).parent)
    # Markdown, not HTML: nothing is escaped but what breaks a table.
    settings = Environment(
        loader=loader, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    settings.filters["cell"] = lambda text: " ".join(text.split()).replace("|", "\\|")
    groups = groupby(load_parameters(), key=lambda each: each.group)
    template = settings.get_template("parameters.md.jinja")
    return template.render(groups=groups, titles=TITLES, levers=LEVERS)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is new.\n")


if __name__ == "__main__":
    main()
