"""What there is: files by name or path, parameters, kinds; loaded when asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clfz.cli.mistakes import Mistake, unknown

if TYPE_CHECKING:
    from clfz.inputs import Parameter

T = TypeVar("T")


def load(kind: str, name: str) -> Any:
    """Return a zone, programme, shock or comparison by its name or by the path of its file.

    Raises:
        Mistake: No shipped file has that name.
        InputError: Everything that is wrong with the file.
    """
    from clfz.inputs import check, find

    known = find.names(kind)
    if not find.is_path(name) and name not in known:
        error = unknown(kind, name, known, f"clfz {listing(kind)}")
        if others := [other for other in find.FOLDERS if name in find.names(other)]:
            text = f'there is no {kind} "{name}", but a {others[0]} of that name. '
            raise Mistake(f"{text}All: clfz {listing(kind)}") from error
        if Path(f"{name}.yaml").is_file():
            text = f'there is no {kind} "{name}". For the file in this folder write {name}.yaml.'
            raise Mistake(text) from error
        raise error
    return check(kind, name).use()


def listing(kind: str) -> str:
    """The words that list all files of a kind."""
    own = {"comparison": "list comparisons", "study": "list studies"}
    return own.get(kind, f"{kind}s")


def parameters() -> Sequence["Parameter"]:
    """The uncertain parameters, in the order of their file."""
    from clfz.inputs import load_parameters

    return load_parameters()


def pick(what: str, name: str, entries: Mapping[str, T], where: str) -> T:
    """Return an entry by its name, or name the nearest."""
    if name not in entries:
        raise unknown(what, name, entries, where)
    return entries[name]
