"""A small zone for tests of evaluations: 400 children, and field data that the model itself made."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from clfz.analysis.evaluation.agree import verdicts
from clfz.analysis.evaluation.evaluation import _plan
from clfz.analysis.evaluation.observe import Placed, period, place, predicted
from clfz.analysis.evaluation.runs import Runs, draws, run
from clfz.inputs import Zone, load_programme, load_zone
from clfz.inputs.field import Field, read_field

DATA = """area,period_start,period_end,indicator,definition_id,value,unit,n_sample
small,2015-05,2016-04,withdrawn_to_school,,50,persons,
small,2015-05,2016-04,in_bridge_school,,20,persons,
small,2014-05,2014-05,out_of_school_children,,300,persons,
small,2014-05,2014-05,child_labour_rate,sdg871-ea,50,percent,300
small,2016-04,2016-04,child_labour_rate,sdg871-ea,40,percent,300
small,2016-04,2016-04,school_attendance_rate,,50,percent,200
"""


def small_zone(like: str = "budhpura") -> Zone:
    """A shipped zone with 400 children in two villages."""
    zone = load_zone(like)
    people = zone.population
    size = {"value": 400.0, "low": 300.0, "high": 550.0}
    children = people.children.model_copy(update=size)
    villages = people.villages.model_copy(update={"value": 2, "low": 2, "high": 2})
    inside = people.model_copy(update={"children": children, "villages": villages})
    return zone.model_copy(update={"name": "small", "population": inside, "start": "2014-05"})


def field(folder: Path, text: str = DATA) -> Field:
    """Field data from text."""
    path = folder / "small.csv"
    path.write_text(text)
    return read_field(path)


def figures(folder: Path, text: str = DATA) -> list[Placed]:
    """The figures of field data by month."""
    return place(field(folder, text), "small", small_zone())


def replications(
    data: Field, count: int, seed: int, like: str = "budhpura", replicates: int = 1
) -> tuple[list[Placed], Runs]:
    """Runs of a small zone, and the figures by month."""
    zone = small_zone(like)
    placed = place(data, "small", zone)
    plan = _plan(zone, load_programme("area-based"), placed, count, replicates, 48, seed)
    return placed, run(plan, draws(zone, count, seed), period(placed))


def planted(placed: list[Placed], runs: Runs, one: int) -> list[Placed]:
    """The figures that one replication would have reported, in place of those of the file."""
    values = predicted(placed, runs)[one]
    return [
        replace(each, row=replace(each.row, value=float(value)))
        for each, value in zip(placed, values, strict=True)
    ]


def shares_that_agree(placed: list[Placed], truth: Runs, table: np.ndarray) -> np.ndarray:
    """For each figure the share of planted replications in which it agrees."""
    found = [verdicts(planted(placed, truth, one), table)["agrees"] for one in range(len(truth))]
    return np.mean(found, axis=0)
