"""Scenario discovery: where, in the space of what is not known, does a programme fail to reach its goal?

    found = experiments.discover("budhpura", "area-based", "results/where", goal="kept_5y_school at least 50%")
    found.boxes, found.answer()

Points are draws of everything that is uncertain (or the points of a study of your own); each is run with a few lucks
and judged by their mean. Boxes are looked for among the points (`box`) and only restrictions that hold in
points which the search has not seen are believed (`trust`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.analysis.discovery.goal import DEFAULT, Goal, read_goal
from clfz.analysis.discovery.names import Varied, varied
from clfz.analysis.discovery.trust import Found, Restriction, find_boxes
from clfz.inputs import InputError, Problem
from clfz.runs.study import StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.store import Results
    from clfz.runs.study import Study

FEWEST_OF_A_KIND = 20
"""Points that fail, and points that do not, without which nothing can be found."""
DRAWS, REPLICATES = 1000, 3


@dataclass(frozen=True)
class Discovery:
    """What was found.

    Attributes:
        done: The study.
        scenario: The programme.
        goal: What it should reach.
        varied: What differs between the points.
        value: [points] what is compared with the goal: the mean over lucks.
        fails: [points].
        mixed: Share of the points in which some lucks reach the goal and others do not.
        boxes: The boxes of failure, the best first.
        doubtful: What a further search found that is not to be trusted.
    """

    done: Results
    scenario: str
    goal: Goal
    varied: Varied
    value: NDArray[np.float64]
    fails: NDArray[np.bool_]
    mixed: float
    boxes: tuple[Found, ...]
    doubtful: tuple[Restriction, ...]

    @property
    def programme(self) -> str:
        """Title of the programme."""
        return next(p.title for p in self.done.study.programmes if p.name == self.scenario)

    def answer(self) -> list[str]:
        """The finding in plain words."""
        from clfz.analysis.discovery.words import answer

        return answer(self)


def discover(
    zone: str | None,
    programme: str,
    out: str | os.PathLike[str],
    *,
    goal: str = DEFAULT,
    study: Study | None = None,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    programme_months: int = 48,
    seed: int = 1,
    **settings: Any,
) -> Discovery:
    """Run what is missing of the study in `out/study`, look for boxes of failure and write them with a report.

    Args:
        zone: Name or path of a zone; None with a study.
        programme: Name or path of a programme.
        out: Folder of the results. The same call resumes.
        goal: A measure, at least or at most, and a number; see `goal`.
        study: A study of your own, with its own ranges, in place of draws from the priors.
        draws: Points.
        replicates: Lucks of each point.
        programme_months: Length of the programme.
        seed: Of draws, luck and splits.
        settings: As for `experiments.run` (jobs, cluster, progress, ...).

    Raises:
        InputError: A name or goal that cannot be used.
        StudyError: Nothing can be found, or the folder cannot be used.
    """
    from clfz.analysis.discovery.write import write
    from clfz.analysis.folder import own_folder
    from clfz.runs.runner import run

    needs_sklearn()
    own_folder(Path(out))
    whole, wanted = _study(zone, programme, goal, study, draws, replicates, programme_months, seed)
    done = run(whole, Path(out) / "study", **settings)
    found = search(done, wanted, _scenario(whole, programme))
    write(found, Path(out))
    return found


def search(done: Results, goal: Goal, scenario: str) -> Discovery:
    """Look for boxes of failure in a study that was run.

    Raises:
        StudyError: The goal is always or never reached, or too few points differ.
    """
    if len(done.study.zones) > 1:
        raise StudyError("Discovery looks at one zone at a time; this study has several.")
    space = varied(done)
    if not space.names:
        raise StudyError("Nothing differs between the points. Take 100 draws or more, or a design.")
    runs = goal.runs(done, scenario)
    if np.isnan(runs[["gain", "by"]].to_numpy()).any():
        raise StudyError(f"{goal.name} is not a number in some runs, so it cannot be a goal.")
    each = goal.reached(goal.value(runs["gain"].to_numpy(), runs["by"].to_numpy()))
    lucks = runs.assign(reached=each).groupby("point")["reached"].mean()
    means = runs.groupby("point")[["gain", "by"]].mean()
    value = goal.value(means["gain"].to_numpy(), means["by"].to_numpy())
    fails = ~goal.reached(value)
    _refuse_one_answer(goal, value, fails)
    kept = np.searchsorted(space.points, means.index.to_numpy())
    space = Varied(space.names, space.labels, space.values[kept], space.points[kept])
    boxes, doubtful = find_boxes(space.values, fails, done.study.spec.seed)
    mixed = float(((lucks > 0) & (lucks < 1)).mean())
    return Discovery(done, scenario, goal, space, value, fails, mixed, tuple(boxes), doubtful)


def needs_sklearn() -> None:
    """Refuse before hours of runs when the search cannot be done.

    Raises:
        StudyError: How to install what is missing.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise StudyError(
            "Discovery needs scikit-learn. Install it with: pip install 'clfz[discover]'"
        ) from None


def _study(
    zone: str | None,
    programme: str,
    goal: str,
    study: Study | None,
    draws: int,
    replicates: int,
    programme_months: int,
    seed: int,
) -> tuple[Study, Goal]:
    from clfz.runs.study import make_study

    if study is not None:
        spec = study.spec
        own = study.measures if study.function else ()
        return study, read_goal(goal, spec.programme_months, spec.after_months, own)
    if zone is None:
        raise InputError([Problem("", 0, 0, "give a zone, or a study.")])
    wanted = read_goal(goal, programme_months)
    whole = make_study(
        "discover",
        zones=zone,
        programmes=["none", programme],
        draws=draws,
        replicates=replicates,
        programme_months=programme_months,
        after_months=max(12, wanted.after_months),
        seed=seed,
        measures=tuple(dict.fromkeys((*wanted.measures(), "cost_total"))),
    )
    return whole, wanted


def _scenario(study: Study, programme: str) -> str:
    """The scenario of a programme that was named or given as a path."""
    from clfz.inputs import load_programme
    from clfz.inputs.problems import did_you_mean

    names = study.scenarios[1:]
    if programme in names:
        return programme
    if (name := load_programme(programme).name) in names:
        return name
    hint = did_you_mean(programme, names)
    raise StudyError(f'The study has no programme "{programme}". {hint}It has {", ".join(names)}.')


def _refuse_one_answer(goal: Goal, value: NDArray[np.float64], fails: NDArray[np.bool_]) -> None:
    failing, points = int(fails.sum()), len(fails)
    if min(failing, points - failing) >= FEWEST_OF_A_KIND:
        return
    low, middle, high = np.quantile(value, [0.0, 0.5, 1.0])
    often = {0: "always reached", points: "never reached"}.get(
        failing, f"missed in {failing} of {points} points"
    )
    raise StudyError(
        f"The goal {goal.text} is {often}; at least {FEWEST_OF_A_KIND} points must fail and as many "
        f"reach it. Values go from {low:.3g} to {high:.3g}, half of them above {middle:.3g}: take a "
        "threshold between, or more draws."
    )
