"""A goal that a programme reaches or fails: a measure, a direction and a threshold, read from one line of text.

child_years_in_school_gained/child >= 0.5    gained for each child that lives in the zone at the start
child_labour_rate@end <= 10%               an indicator at a moment
kept_5y_school >= 50%                      share of the gain at the end that is still there five years later
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clfz.analysis.folder import measure_in_words, wrong
from clfz.inputs.indicators import YEARS_AFTER, Horizon, unknown_measure
from clfz.inputs.study import Reporting
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from clfz.runs.store import Results

DEFAULT = "child_years_in_school_gained/child at least 0.5"
_KEPT = re.compile(r"kept_(\d+)y_(school|child_labour)")
_RATE = {"school": "school_attendance_rate", "child_labour": "child_labour_rate"}
_FORM = "Write a measure, at least or at most, and a number, for example"


@dataclass(frozen=True)
class Goal:
    """What a programme should reach.

    Attributes:
        measure: A measure of a study, or `kept_5y_school`.
        per_child: Whether it is divided by the children of the zone at the start.
        at_least: Whether more is better.
        threshold: From which value on (or up to which) it is reached.
    """

    measure: str
    per_child: bool
    at_least: bool
    threshold: float

    @property
    def name(self) -> str:
        """Measure, with `/child` when it is divided."""
        return f"{self.measure}/child" if self.per_child else self.measure

    @property
    def text(self) -> str:
        """The goal as it is written."""
        return f"{self.name} {'at least' if self.at_least else 'at most'} {self.threshold:g}"

    @property
    def label(self) -> str:
        """What is measured, in words."""
        if found := _KEPT.fullmatch(self.measure):
            what = {"school": "school attendance", "child_labour": "child labour"}[found[2]]
            return f"share of the gain in {what} at the end of the programme that is still there {found[1]} years later"
        label = measure_in_words(self.measure)
        label = label[0].lower() + label[1:]
        return f"{label}, for each child of the zone" if self.per_child else label

    @property
    def words(self) -> str:
        """The goal in words."""
        return f"{self.label}: {'at least' if self.at_least else 'at most'} {self.threshold:g}"

    @property
    def after_months(self) -> int:
        """Months after the programme that it takes to see it."""
        found = _KEPT.fullmatch(self.measure) or re.fullmatch(r"stays_(\d+)y_.*", self.measure)
        found = found or re.fullmatch(r".*@(\d+)y", self.measure)
        return 12 * int(found[1]) if found else 0

    def measures(self) -> tuple[str, ...]:
        """What a study has to keep of each run."""
        if found := _KEPT.fullmatch(self.measure):
            return f"stays_{found[1]}y_{found[2]}_points", f"{_RATE[found[2]]}@end"
        return (self.measure,)

    def reached(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where the goal is reached."""
        return values >= self.threshold if self.at_least else values <= self.threshold

    def runs(self, done: Results, scenario: str) -> pd.DataFrame:
        """One row a run: point, replicate, and what the goal is made from (`gain`, and `by` that divides it).

        Raises:
            StudyError: The study does not keep what the goal needs.
        """
        if absent := [name for name in self.measures() if name not in done.study.measures]:
            raise StudyError(
                f"The study does not keep {absent[0]}, which the goal needs. Add it to its measures."
            )
        runs = done.runs
        mine = runs[runs["scenario"] == scenario].set_index(["point", "replicate"])
        frame = mine[[self.measures()[0]]].set_axis(["gain"], axis=1)
        frame["by"] = 1.0
        if _KEPT.fullmatch(self.measure):
            rate = self.measures()[1]
            first = runs[runs["scenario"] == done.study.scenarios[0]]
            base = first.set_index(["point", "replicate"])[rate]
            sign = 1.0 if "school" in self.measure else -1.0
            frame["gain"] *= sign
            frame["by"] = 100.0 * sign * (mine[rate] - base.reindex(mine.index))
        if self.per_child:
            sizes = {zone.name: zone.population.children.value for zone in done.study.zones}
            places = done.points.set_index("point")
            children = places["zone"].astype(str).map(sizes)
            if "population.children" in places:
                children = places["population.children"]
            frame["by"] = children.reindex(frame.index.get_level_values("point")).to_numpy(float)
        return frame.reset_index()

    def value(self, gain: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is compared with the threshold; where nothing was gained, nothing is kept."""
        if _KEPT.fullmatch(self.measure):
            return np.where(by > 0, gain / np.where(by > 0, by, 1.0), 0.0)
        return gain / by


def read_goal(
    text: str, programme_months: int, after_months: int | None = None, own: tuple[str, ...] = ()
) -> Goal:
    """Read a goal.

    Args:
        text: As the examples above.
        programme_months: Length of the programme.
        after_months: Months after it; as many as the goal takes when None.
        own: Measures of a study that runs a function in the engine's place.

    Raises:
        InputError: What is wrong, in one sentence.
    """
    match = re.fullmatch(
        r"\s*([\w@]+)(\s*/\s*child)?\s*(>=|<=|at\s+least|at\s+most|>|<|=+)?\s*(\S*)\s*", str(text)
    )
    if match is None or not match[3] or not match[4]:
        raise wrong(f'the goal is "{text}". {_FORM} "{DEFAULT}".')
    name, child, sign, number = match.groups()
    sign = {">=": "at least", "<=": "at most"}.get(sign, " ".join(sign.split()))
    if not sign.startswith("at "):
        raise wrong(f'the goal "{text}" has "{sign}". Write: at least, or: at most.')
    digits, hundred = (number[:-1], 100.0) if number.endswith("%") else (number, 1.0)
    try:
        threshold = float(digits) / hundred
    except ValueError:
        threshold = math.nan
    if not math.isfinite(threshold):
        raise wrong(f'the goal "{text}" has no number after {sign}. {_FORM} "{DEFAULT}".')
    goal = Goal(name, bool(child), sign == "at least", threshold)
    if found := _KEPT.fullmatch(name):
        if int(found[1]) not in YEARS_AFTER:
            years = ", ".join(map(str, YEARS_AFTER))
            raise wrong(f'"{name}": years after the end can be {years}, as in kept_5y_school.')
        if child:
            raise wrong(f'"{name}" is a share already; leave /child out.')
    after = max(12, goal.after_months) if after_months is None else after_months
    horizon = Horizon(programme_months, programme_months + after, Reporting())
    if own and name not in own:
        raise wrong(f'the goal: the study has no measure "{name}". It has {", ".join(own)}.')
    for each in () if own else goal.measures():
        if told := unknown_measure(each, horizon):
            raise wrong(f"the goal: {told}")
    return goal
