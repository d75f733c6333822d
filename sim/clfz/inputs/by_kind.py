"""Blocks of a file that say what they are with `kind:`, and the class that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from clfz.inputs.problems import Fault, Wrong, did_you_mean, nearest, shown
from clfz.inputs.validate import build
from clfz.programme.registry import Kinded

K = TypeVar("K", bound=Kinded)


def pick(block: Any, known: Mapping[str, type[K]], noun: str) -> Any:
    """Make the object that a block describes; anything that is no block is given back.

    Args:
        block: a mapping with `kind` and the fields of that kind, or an object made before.
        known: kind -> class.
        noun: what these things are called, such as "intervention".

    Raises:
        Wrong: everything that is wrong with the block, in plain words.
    """
    if isinstance(block, Kinded):
        return block
    if not isinstance(block, dict):
        like = block if isinstance(block, str) and block in known else next(iter(known))
        text = f"{shown(block)} is no group of settings. Write kind: {like}"
        raise Wrong([((), f"{text}, and its settings in the lines below.")])
    kind = block.get("kind")
    every = f"All: {', '.join(known)}"
    if kind is None:
        misspelt = next((key for key in block if nearest(key, ["kind"])), None)
        if misspelt:
            text = f'there is no setting "{misspelt}". Did you mean "kind"?'
            raise Wrong([Fault((misspelt,), text, at_name=True)])
        raise Wrong([((), f"kind is missing: which {noun} is it? {every}")])
    if not isinstance(kind, str) or kind not in known:
        hint = did_you_mean(str(kind), known)
        text = f"{shown(kind)} is not a known {noun}. {hint}{every}"
        raise Wrong([(("kind",), text)])
    value, found = build(known[kind], block, kind)
    if found:
        raise Wrong(found)
    return value
