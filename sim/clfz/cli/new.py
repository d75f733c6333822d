"""`clfz new`: a shipped file, copied as a start for one's own."""

import os
import re
import shlex
from pathlib import Path
from typing import Annotated

import typer

from clfz.cli import tables
from clfz.cli.mistakes import Mistake, unknown
from clfz.inputs.file_errors import reason

_LIKE = {
    "zone": "budhpura",
    "programme": "area-based",
    "shock": "drought",
    "comparison": "headline",
    "study": "small",
}


def new(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="zone, programme, shock, comparison or study.")
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to write.")],
    like: Annotated[
        str | None, typer.Option("--like", metavar="NAME", help="The shipped file to copy.")
    ] = None,
) -> None:
    """Copy a shipped file, with its comments, as a start for your own."""
    from clfz.inputs import find

    if kind not in _LIKE:
        raise unknown("kind of file", kind, _LIKE, ", ".join(_LIKE))
    name = like or _LIKE[kind]
    if name not in find.names(kind):
        raise unknown(kind, name, find.names(kind), f"clfz {find.FOLDERS[kind]}")
    target = Path(file if file.endswith((".yaml", ".yml")) else f"{file}.yaml")
    slug = re.sub(r"[^a-z0-9]+", "-", target.stem.lower()).strip("-")
    if not slug:
        raise Mistake(f'"{file}" has no letter or digit in it. Write, for example, my-{kind}.yaml.')
    text = _renamed(find.locate(kind, name), kind, name, slug, target)
    try:
        # "x": an existing file is never overwritten, not even one made a moment ago.
        with target.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise Mistake(f"{target} is there already. Give another name.") from None
    except FileNotFoundError:
        raise Mistake(f"Cannot write {target}: there is no folder {target.parent}.") from None
    except OSError as error:
        # a file that holds only half of the text must not stay; one that never came is no matter
        target.unlink(missing_ok=True)
        raise Mistake(f"Cannot write {target}: {reason(error)}.") from None
    check = shlex.join(["clfz", "check", str(target)])
    tables.show(f"{target} is a copy of the {kind} {name}. Change it, then: {check}")


def _renamed(source: Path, kind: str, like: str, slug: str, target: Path) -> str:
    """The text of a shipped file under another name and title, its schema found from the new place."""
    from clfz.inputs.find import scenarios_folder

    lines = source.read_text(encoding="utf-8").splitlines()
    schema = scenarios_folder() / "schema" / f"{kind}.schema.json"
    head = [f"# A copy of the shipped {kind} {like}: change what differs and say where it is from."]
    if lines and lines[0].startswith("# yaml-language-server:"):
        lines.pop(0)
        way = Path(os.path.relpath(schema, target.absolute().parent)).as_posix()
        head.insert(0, f"# yaml-language-server: $schema={way}")
    # Reports show the title: two programmes of one title could not be told apart in them.
    own = {"name": slug, "title": slug.replace("-", " ").capitalize()}
    for key, text in own.items():
        lines = [re.sub(rf"^{key}:.*$", f'{key}: "{text}"', line) for line in lines]
    return "\n".join([*head, *lines]) + "\n"
