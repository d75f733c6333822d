"""What a figure is, for a reader."""

from clfz.inputs.field import Row
from clfz.runs.indicators import find

_STOCKS = {
    "out_of_school_children": "Children found out of school",
    "working_children": "Children found working",
    "children_in_child_labour": "Children found in child labour",
}


def label(row: Row) -> str:
    """Its name, with the group when it is not all children."""
    name = _STOCKS.get(row.indicator) or find(row.indicator).label
    group = [] if row.sex == "all" else [row.sex]
    group += [] if row.kind == "count" else [row.age_band.replace("-", " to ")]
    return f"{name} ({', '.join(group)})" if group else name
