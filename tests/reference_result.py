"""The small reference result in `results/reference`, which a test builds again and compares.

    make reference        (or: python -m tests.reference_result)

renews it. Do so after a change of the model that is meant to change numbers, and say in the change why
they changed. A change that is not meant to must leave every number as it is, to the last bit.
"""

import sys
from pathlib import Path

from clfz import compare, load_comparison
from clfz.runs.results import ComparisonResult, write

FOLDER = Path(__file__).parents[1] / "results" / "reference"
# `quick`, cut to two years of programme and one after, and to six replications: with fewer than five
# nothing could be told apart, and the costs of a child-year would be empty.
CUT = {"programme_months": 24, "after_months": 12, "draws": 3, "replicates": 2}
ABOUT = """# A small reference result

The comparison `quick`, cut down, as every clfz of this version must compute it: `tests/test_reference.py`
builds it again and compares every number. Renew it with `make reference` after a change of the model
that is meant to change numbers.
"""


def build() -> ComparisonResult:
    """Compute the reference result."""
    whole = load_comparison("quick")
    cut = {"name": "reference", "title": f"{whole.title} (cut down)", **CUT}
    return compare(whole.model_copy(update=cut), command="make reference")


def _about(folder: Path) -> None:
    (folder / "README.md").write_text(ABOUT, encoding="utf-8")


def main() -> None:
    """Write the reference result anew."""
    sys.stdout.write(
        f"{write(build(), FOLDER, finish=_about)} is new. What changed: git diff --stat\n"
    )


if __name__ == "__main__":
    main()
