"""Every evaluation of a mix is runs of a study: a scenario beside the same zone without a programme.

One call is one study in its own folder: what is on the disk is not run again, and what was cut short is finished. All
studies of a stage have the same seed, so mixes of different calls meet the same draws and the same luck.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.best_mix.search import GENERATIONS
from clfz.analysis.best_mix.space import Mix, Parts, name_of
from clfz.inputs import InputError, Problem
from clfz.inputs.study import MOST_PROGRAMMES
from clfz.runs.study import StudyError
from clfz.runs.summary import describe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.study import Study

    Floats = NDArray[np.float64]

COST = "cost_spent"
ROUND = ("search", "mended")
"""What a round of the search runs: its mixes, then those that cost too much bought again."""
STAGES = {"prices": "Prices of the parts", "choose": "Choosing", "judge": "Judging"}


@dataclass(frozen=True)
class Bench:
    """Where and how mixes are run.

    Attributes:
        parts: What mixes are made of.
        folder: Of all studies.
        study: The study without mixes: zone, length, measures.
        measure: What is to be large (or small, by its catalogue entry).
        settings: For `experiments.run`.
        tell: Called with (studies done, studies in all, what is going on).
    """

    parts: Parts
    folder: Path
    study: Study
    measure: str
    settings: dict[str, Any] = field(default_factory=dict)
    tell: Callable[[int, int, str], None] | None = None
    studies: int = 0

    @property
    def sign(self) -> float:
        """1 when more is better, -1 when less is."""
        return float(describe(self.measure.partition("@")[0]).direction)

    def stage(self, seed: int, draws: int, replicates: int) -> Callable[..., Any]:
        """A function that runs mixes with a seed of its own."""
        spec = self.study.spec.model_copy(
            update={"seed": seed, "draws": draws, "replicates": replicates}
        )
        base = replace(self.study, spec=spec)

        def evaluate(what: str, mixes: list[Mix]) -> tuple[Floats, Floats]:
            values, costs = [], []
            step = MOST_PROGRAMMES - 1
            for part, first in enumerate(range(0, len(mixes), step)):
                name = what if len(mixes) <= step else f"{what}-{part}"
                value, cost = self._run(base, name, mixes[first : first + step])
                values.append(value)
                costs.append(cost)
            return np.concatenate(values), np.concatenate(costs)

        return evaluate

    def _run(self, base: Study, what: str, mixes: list[Mix]) -> tuple[Floats, Floats]:
        """Values [mixes, draws] (replicates averaged) and expected costs [mixes]."""
        from clfz.runs.runner import run

        programmes = [self.parts.programme(mix) for mix in mixes]
        names = tuple(each.name for each in programmes)
        spec = base.spec.model_copy(
            update={"name": what, "programmes": (*base.spec.programmes, *names)}
        )
        study = replace(base, spec=spec, programmes=(*base.programmes, *programmes))
        done = run(study, self.folder / what, progress=self._progress(what), **self.settings)
        runs = done.runs
        if len(runs) < study.runs:
            reason = done.failures.iloc[0]["reason"] if len(done.failures) else "they are missing"
            raise StudyError(
                f"{study.runs - len(runs)} runs of {self.folder / what} failed ({reason}), so its mixes "
                "cannot be compared."
            )
        runs = runs.assign(scenario=runs["scenario"].astype(str))
        means = runs.groupby(["scenario", "point"])[[self.measure, COST]].mean()
        value = means[self.measure].unstack("point").loc[[name_of(mix) for mix in mixes]]
        cost = means[COST].unstack("point").loc[[name_of(mix) for mix in mixes]]
        return self.sign * value.to_numpy(np.float64), cost.mean(axis=1).to_numpy(np.float64)

    def _progress(self, what: str) -> Callable[[int, int, str], None] | None:
        if self.tell is None:
            return None
        tell = self.tell
        kind, _, number = what.partition("-")
        if kind in ROUND:  # one scale for all rounds of the search
            step = len(ROUND) * int(number[:2]) + ROUND.index(kind)
            steps = len(ROUND) * GENERATIONS
            return lambda done, total, now: tell(
                step + done // max(total, 1), steps, _told("Search, rounds", now)
            )
        return lambda done, total, now: tell(done, total, _told(STAGES.get(kind, kind), now))


def _told(stage: str, now: str) -> str:
    """The name of a stage, and whether its runs were all there already."""
    from clfz.runs.runner import ALL_DONE

    return f"{stage} (run before)" if now == ALL_DONE else stage


def bench(
    zone: str,
    parts: Parts,
    measure: str,
    out: Path,
    *,
    programme_months: int,
    after_months: int,
    settings: dict[str, Any],
) -> Bench:
    """Make a bench.

    Raises:
        InputError: A zone or measure that cannot be used.
    """
    from clfz.runs.study import make_study

    if measure.startswith("cost"):
        text = f"the measure is {measure}, but the cost is what the budget limits. Take a gain."
        raise InputError([Problem("", 0, 0, text)])
    study = make_study(
        "mixes",
        zones=zone,
        programmes=["none"],
        programme_months=programme_months,
        after_months=after_months,
        measures=[measure, COST],
    )
    if describe(measure.partition("@")[0]).direction == 0:
        text = f"of {measure} neither more nor less is better, so there is no best mix for it."
        raise InputError([Problem("", 0, 0, text)])
    tell = settings.pop("progress", None)
    return Bench(parts, out / "studies", study, measure, settings, tell)
