"""Tables of a study as arrow tables: plain columns, no repetition of parameters among the runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clfz.inputs.parameters import central
from clfz.runs.studies import bymonth
from clfz.runs.studies.shards import listed, name_of, read_table
from clfz.runs.studies.study import POINT_STRIDE, WORLD_STRIDE, Study

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from clfz.runs.studies.blocks import Block
    from clfz.runs.studies.chunk import Done

REASON = "reason"


def runs(study: Study, done: Done) -> pa.Table:
    """One row a run: its id, what it belongs to, its measures, and why it failed (empty when it did not)."""
    import pyarrow as pa

    names = ["run_id", "point", "replicate", "scenario"]
    columns: list[Any] = [*_keys(study, done.run_ids)]
    for column, name in enumerate(study.measures):
        names.append(name)
        columns.append(np.ascontiguousarray(done.values[:, column]))
    names.append(REASON)
    columns.append(
        pa.array([done.reasons.get(run_id) for run_id in done.run_ids.tolist()], pa.string())
    )
    return pa.table(dict(zip(names, columns, strict=True)))


def monthly(study: Study, done: Done) -> pa.Table:
    """One row a run and month: the indicators (whole zone, the catalogue's age band), or what was counted."""
    import pyarrow as pa

    assert done.monthly is not None
    months = done.monthly.shape[2]
    run_ids = np.repeat(done.run_ids, months)
    month = np.tile(np.arange(months, dtype=np.int16), len(done.run_ids))
    columns: dict[str, Any] = {"run_id": run_ids, "month": month}
    for column, name in enumerate(bymonth.names(study)):
        columns[name] = done.monthly[:, column].ravel()
    return pa.table(columns)


def _keys(study: Study, run_ids: NDArray[np.int64]) -> tuple[Any, ...]:
    import pyarrow as pa

    points, rest = np.divmod(run_ids, POINT_STRIDE)
    replicates, scenarios = np.divmod(rest, WORLD_STRIDE)
    named = pa.DictionaryArray.from_arrays(scenarios.astype(np.int8), list(study.scenarios))
    return run_ids, points, replicates.astype(np.int16), named


def together(parts: list[pa.Table], block: Block) -> pa.Table:
    """The rows of a block out of several tables, each once, in the order of run and month."""
    import pyarrow as pa

    whole = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    keys = [np.asarray(whole["run_id"])]
    if "month" in whole.column_names:
        keys.append(np.asarray(whole["month"]))
    order = np.lexsort(keys[::-1])
    same = np.all([key[order][1:] == key[order][:-1] for key in keys], axis=0)
    once = order[np.concatenate([[True], ~same])] if len(order) else order
    mine = once[within(keys[0][once], block)]
    return whole.take(pa.array(mine)).combine_chunks()


def within(run_ids: NDArray[np.int64], block: Block) -> NDArray[np.bool_]:
    """Which runs lie in a block."""
    points, rest = np.divmod(run_ids, POINT_STRIDE)
    replicates, scenarios = np.divmod(rest, WORLD_STRIDE)
    point = (points >= block.first_point) & (points < block.first_point + block.points)
    first, last = block.first_replicate, block.first_replicate + block.replicates
    return np.asarray(
        point & (replicates >= first) & (replicates < last) & (scenarios < block.scenarios),
        np.bool_,
    )


def ids(table: pa.Table) -> NDArray[np.int64]:
    """The run ids of a table."""
    return np.asarray(table["run_id"], np.int64)


def points(study: Study) -> pa.Table:
    """One row a point: where it stands, and its factors."""
    import pyarrow as pa

    number = np.arange(study.points, dtype=np.int64)
    drawn, row, zone = study.split(number)
    names = pa.DictionaryArray.from_arrays(
        zone.astype(np.int16), [place.name for place in study.zones]
    )
    columns: dict[str, Any] = {"point": number, "draw": drawn, "row": row, "zone": names}
    for column, name in enumerate(study.factors):
        columns[name] = study.rows[row, column]
    return pa.table(columns)


def draws(study: Study) -> pa.Table | None:
    """Every parameter and figure that was drawn, one row a draw and zone; None when nothing is drawn."""
    import pyarrow as pa

    from clfz.runs.studies.inputs import Bench

    if study.spec.draws == 1 or "seed" in study.factors:
        return None
    bench = Bench(study)
    names = [
        *central(study.parameters),
        *(name for name, kind in study.space.kinds.items() if kind == "figure"),
    ]
    worth = np.empty((study.spec.draws * len(study.zones), len(names)))
    for drawn in range(study.spec.draws):
        for zone in range(len(study.zones)):
            parameters, figures = bench.drawn(zone, drawn, study.spec.seed)
            values = [*parameters.values(), *figures.values()]
            worth[drawn * len(study.zones) + zone] = values
    number, at = np.divmod(np.arange(len(worth)), len(study.zones))
    places = pa.DictionaryArray.from_arrays(at.astype(np.int16), [z.name for z in study.zones])
    columns: dict[str, Any] = {"draw": number, "zone": places}
    for column, name in enumerate(names):
        columns[name] = np.ascontiguousarray(worth[:, column])
    return pa.table(columns)


def rows(folder: Path, facts: dict[str, Any]) -> NDArray[np.float64] | None:
    """The rows of the design out of the table of points; None when it is missing or damaged."""
    factors, count, zones = facts["factors"], facts["rows"]["count"], len(facts["zones"])
    found = [path for path in listed(folder) if name_of(path) == "points"]
    table = read_table(found[0]) if found else None
    if table is None or table.num_rows < count * zones:
        return None
    first = table.slice(0, count * zones)
    if not factors:
        return np.zeros((count, 0))
    columns = [np.asarray(first[name], np.float64)[::zones] for name in factors]
    return np.ascontiguousarray(np.column_stack(columns))
