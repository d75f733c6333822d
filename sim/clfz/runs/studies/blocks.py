"""How the worlds of a study are cut into files: fixed blocks of points and replicates, whatever the workers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from clfz.runs.studies.study import POINT_STRIDE, WORLD_STRIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clfz.runs.studies.study import Study

SIZES = {"measures": (256, 16), "monthly": (256, 16), "counts": (8, 8)}
"""Points and replicates of a block, by what is kept: a file of counts holds a kilobyte a run and month."""


class Block(NamedTuple):
    """Worlds that share a file.

    Attributes:
        first_point: First point.
        first_replicate: First replicate.
        points: How many points there are of it in the study.
        replicates: How many replicates.
        scenarios: How many scenarios.
    """

    first_point: int
    first_replicate: int
    points: int
    replicates: int
    scenarios: int

    @property
    def runs(self) -> int:
        """Runs in the block."""
        return self.points * self.replicates * self.scenarios


def blocks(study: Study) -> Iterator[Block]:
    """Every block of a study, in the order of its points."""
    points, replicates = SIZES[study.spec.keep]
    for point in range(0, study.points, points):
        for replicate in range(0, study.spec.replicates, replicates):
            yield _block(study, point, replicate)


def _block(study: Study, point: int, replicate: int) -> Block:
    """The block that begins there; at the ends of a study it is smaller."""
    points, replicates = SIZES[study.spec.keep]
    return Block(
        point,
        replicate,
        min(points, study.points - point),
        min(replicates, study.spec.replicates - replicate),
        len(study.programmes),
    )


def name_of_block(block: Block) -> str:
    """The name of its file: the same for a block that has grown."""
    return f"p{block.first_point:08d}-r{block.first_replicate:05d}"


def ids_of(study: Study, block: Block) -> NDArray[np.int64]:
    """Run ids of a block, in order."""
    points = block.first_point + np.arange(block.points, dtype=np.int64)
    replicates = block.first_replicate + np.arange(block.replicates, dtype=np.int64)
    scenarios = np.arange(block.scenarios, dtype=np.int64)
    ids = points[:, None, None] * POINT_STRIDE + replicates[:, None] * WORLD_STRIDE + scenarios
    return ids.ravel()


def block_of(study: Study, run_ids: NDArray[np.int64]) -> list[Block]:
    """The blocks that some runs belong to; runs that are not asked for belong to none."""
    points, rest = np.divmod(run_ids, POINT_STRIDE)
    replicates = rest // WORLD_STRIDE
    inside = (points < study.points) & (replicates < study.spec.replicates)
    size = SIZES[study.spec.keep]
    corners = np.stack([points // size[0] * size[0], replicates // size[1] * size[1]], axis=1)
    found = np.unique(corners[inside], axis=0)
    return [_block(study, point, replicate) for point, replicate in found.tolist()]
