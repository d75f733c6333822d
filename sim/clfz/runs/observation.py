"""From true events to the counts a programme reports (ODD 7.10).

The model counts each child once for each kind of event. A report misses some cases and counts others twice: each true
case is missed with probability `report_missed`, and each case that is reported is counted twice with probability
`report_double` (binomial; both are parameters of scope country). The three counts are not a partition: a child in a
bridge school is counted there and, once it joins an ordinary class, as withdrawn as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COUNTED = ("withdrawn_to_school", "protected_from_dropout", "in_bridge_school")
_REPORT = 0x7265706F7274  # keeps the errors of a report apart from every other use of the seed


def reported(
    true_events: NDArray[np.int64], missed: float, double: float, seed: int
) -> NDArray[np.int64]:
    """Reported counts of the events of one run.

    Args:
        true_events: Whole numbers of any shape: children by kind and year.
        missed: Share of true cases that never reach the report, 0-1.
        double: Share of reported cases that are counted twice, 0-1.
        seed: 64-bit seed of the world. Each cell has its own luck, so that one count more changes no other report.

    Returns:
        Array of the same shape.
    """
    import numpy as np

    philox = np.random.Philox(key=np.array([seed, _REPORT], np.uint64))
    generator, start = np.random.Generator(philox), philox.state
    counter = start["state"]["counter"]
    events = np.ravel(true_events)
    cells = np.flatnonzero(events)
    ends = np.cumsum(events[cells])
    # one row a case: its fate does not hang on how many follow
    luck = np.empty((int(ends[-1]) if cells.size else 0, 2))
    begin = 0
    for cell, end in zip(cells.tolist(), ends.tolist(), strict=True):
        # the counter starts anew in every cell; making a new generator would take longer than drawing
        counter[3] = cell
        philox.state = start
        generator.random(out=luck[begin:end])
        begin = end
    seen = luck[:, 0] >= missed
    times = seen.astype(np.int64) + (seen & (luck[:, 1] < double))
    counts = np.zeros(np.shape(true_events), np.int64)
    if cells.size:
        counts.flat[cells] = np.add.reduceat(times, ends - events[cells])
    return counts
