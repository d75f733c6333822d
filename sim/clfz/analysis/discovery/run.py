"""Scenario discovery: where, among the uncertain inputs, does a programme fail to reach its goal?

    from clfz.analysis import discovery

    found = discovery.discover("budhpura", "area-based", "results/where", goal="kept_5y_school at least 50%")
    found.boxes, found.answer()

Points are draws of everything that is uncertain (or the points of a study of your own); each is run with a few seeds
and judged by their mean. Boxes are looked for among the points, and only limits that hold in points which the search
has not seen are believed (`boxes`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.discovery import write
from clfz.analysis.discovery.boxes import Floats, find_boxes
from clfz.analysis.discovery.goal import DEFAULT, Goal, read_goal
from clfz.analysis.folder import in_words, own_folder, wrong
from clfz.inputs import load_programme
from clfz.inputs.problems import did_you_mean
from clfz.inputs.zone import Quantity
from clfz.runs.runner import run as run_study
from clfz.runs.store import Results
from clfz.runs.study import Study, StudyError, make_study

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydantic import BaseModel

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
        tried: What differs between the points: one row a point, one column a parameter or input.
        labels: Its columns -> words.
        value: [points] what is compared with the goal: the mean over seeds.
        fails: [points].
        mixed: Share of the points in which some seeds reach the goal and others do not.
        boxes: One row a box of failure, the best first; see `boxes.find_boxes`.
        limits: One row a limit of a box, those that are not to be trusted too.
    """

    done: Results
    scenario: str
    goal: Goal
    tried: pd.DataFrame
    labels: dict[str, str]
    value: Floats
    fails: NDArray[np.bool_]
    mixed: float
    boxes: pd.DataFrame
    limits: pd.DataFrame

    @property
    def programme(self) -> str:
        """Title of the programme."""
        return next(p.title for p in self.done.study.programmes if p.name == self.scenario)

    def rows(self, box: int, trusted: bool) -> list[Any]:
        """Rows of `limits` of one box (from 1; 0: of none)."""
        shown = self.limits["box"].eq(box) & self.limits["trusted"].eq(trusted)
        return self.limits[shown].to_dict("records")

    def holds(self, limit: Mapping[str, Any]) -> NDArray[np.bool_]:
        """Which points keep a row of `limits`."""
        above = self.tried[limit["factor"]].to_numpy() > limit["limit"]
        return np.asarray(above == limit["above"], np.bool_)

    def told(self, limit: Mapping[str, Any]) -> str:
        """A limit in words."""
        side, end = ("above", "highest") if limit["above"] else ("at most", "lowest")
        share = 100 * self.holds(limit).mean()
        return (
            f"“{limit['label']}” ({limit['factor']}) is {side} {limit['limit']:.3g}, "
            f"among the {end} {share:.0f} of 100 values tried"
        )

    def answer(self) -> list[str]:
        """The finding in plain words."""
        return write.answer(self)


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
        replicates: Seeds of each point.
        programme_months: Length of the programme.
        seed: Of draws, runs and splits.
        settings: As for `clfz.run_study` (jobs, cluster, progress, ...).

    Raises:
        InputError: A name or goal that cannot be used.
        StudyError: Nothing can be found, or the folder cannot be used.
    """
    try:  # before hours of runs
        import sklearn  # noqa: F401
    except ImportError:
        raise StudyError(
            "Discovery needs scikit-learn. Install it with: pip install 'clfz[discover]'"
        ) from None
    folder = Path(out)
    own_folder(folder)
    if study is not None:
        spec = study.spec
        own = study.measures if study.function else ()
        wanted = read_goal(goal, spec.programme_months, spec.after_months, own)
    elif zone is None:
        raise wrong("give a zone, or a study.")
    else:
        wanted = read_goal(goal, programme_months)
        study = make_study(
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
    done = run_study(study, folder / "study", **settings)
    names = study.scenarios[1:]
    scenario = programme if programme in names else load_programme(programme).name
    if scenario not in names:
        raise StudyError(
            f'The study has no programme "{programme}". {did_you_mean(programme, names)}'
            f"It has {', '.join(names)}."
        )
    found = search(done, wanted, scenario)
    write.write(found, folder)
    return found


def search(done: Results, goal: Goal, scenario: str) -> Discovery:
    """Look for boxes of failure in a study that was run.

    Raises:
        StudyError: The goal is always or never reached, or too few points differ.
    """
    if len(done.study.zones) > 1:
        raise StudyError("Discovery looks at one zone at a time; this study has several.")
    tried = _tried(done)
    if not len(tried.columns):
        raise StudyError("Nothing differs between the points. Take 100 draws or more, or a design.")
    runs = goal.runs(done, scenario)
    if np.isnan(runs[["gain", "by"]].to_numpy()).any():
        raise StudyError(f"{goal.name} is not a number in some runs, so it cannot be a goal.")
    each = goal.reached(goal.value(runs["gain"].to_numpy(), runs["by"].to_numpy()))
    reached = runs.assign(reached=each).groupby("point")["reached"].mean()
    means = runs.groupby("point")[["gain", "by"]].mean()
    value = goal.value(means["gain"].to_numpy(), means["by"].to_numpy())
    fails = ~goal.reached(value)
    failing, points = int(fails.sum()), len(fails)
    if min(failing, points - failing) < FEWEST_OF_A_KIND:
        low, middle, high = np.quantile(value, [0.0, 0.5, 1.0])
        often = {0: "always reached", points: "never reached"}.get(
            failing, f"missed in {failing} of {points} points"
        )
        raise StudyError(
            f"The goal {goal.text} is {often}; at least {FEWEST_OF_A_KIND} points must fail and as many "
            f"reach it. Values go from {low:.3g} to {high:.3g}, half of them above {middle:.3g}: take a "
            "threshold between, or more draws."
        )
    tried = tried.loc[means.index]  # without points of which all runs failed
    words = _labels(done.study)
    labels = {name: words.get(name, in_words(name)) for name in tried.columns}
    boxes, limits = find_boxes(tried.to_numpy(np.float64), fails, done.study.spec.seed)
    boxes.index += 1
    limits["factor"] = [tried.columns[at] for at in limits["factor"]]
    limits.insert(2, "label", limits["factor"].map(labels))
    mixed = float(((reached > 0) & (reached < 1)).mean())
    return Discovery(done, scenario, goal, tried, labels, value, fails, mixed, boxes, limits)


def _tried(done: Results) -> pd.DataFrame:
    """The factors of a study and everything that was drawn, without what never changes: one row a point."""
    frame = done.points.set_index("point")
    if len(done.draws):
        drawn = done.points[["point", "draw", "zone"]].merge(done.draws, on=["draw", "zone"])
        drawn = drawn.set_index("point")
        frame = frame.join(drawn[drawn.columns.difference(frame.columns, sort=False)])
    frame = frame.drop(columns=["draw", "row", "zone"]).astype(float)
    return frame.loc[:, frame.max() > frame.min()]


def _labels(study: Study) -> dict[str, str]:
    """Name -> words of every parameter, zone input and field of an intervention."""

    def described(model: BaseModel, above: str) -> Iterator[tuple[str, str]]:
        for name, field in type(model).model_fields.items():
            value: Any = getattr(model, name)
            if isinstance(value, Quantity):
                yield above + name, field.description or field.title or name
            elif hasattr(type(value), "model_fields"):
                yield from described(value, f"{above}{name}.")

    found = {each.name: each.meaning for each in study.parameters}
    for zone in study.zones:
        found |= dict(described(zone, ""))
    # without the full stop and what stands in brackets
    found = {
        name: text.split(" (")[0].split(", mean")[0].strip().rstrip(".")
        for name, text in found.items()
    }
    for programme in study.programmes[1:]:
        for item in programme.interventions:
            for name, field in type(item).model_fields.items():
                if field.title:
                    found[f"{item.kind}.{name}"] = f"{item.title}: {field.title.lower()}"
    return found
