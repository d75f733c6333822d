"""What every analysis shares: its folder (tables, JSON, figures, a page) and its answer in sentences."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from clfz.inputs import InputError, Problem
from clfz.report import plot as figures
from clfz.runs.results import plain_errors
from clfz.runs.study import StudyError
from clfz.runs.summary import describe

if TYPE_CHECKING:
    import pandas as pd

PAGE = "report.html"
MOMENTS = {
    "start": "at the start",
    "end": "at the end of the programme",
    "last": "in the last month",
    "mean": "on average",
}


def own_folder(folder: Path, own: Collection[str] = ("study",)) -> None:
    """Refuse a folder that holds something else, before hours of runs.

    Args:
        folder: Where results are to go.
        own: What an analysis of this kind writes first; one of them shows that the folder is its own.

    Raises:
        StudyError: It is a file, or holds files of something else.
    """
    if folder.exists() and not folder.is_dir():
        raise StudyError(f"{folder} is a file. Give a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not any((folder / n).is_dir() for n in own):
        raise StudyError(f"{folder} holds other files; give another folder, or empty it.")


def write_folder(
    folder: Path,
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    data: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    plots: Sequence[figures.Plot] = (),
    citation: str = "",
    page: str | None = None,
) -> Path:
    """Write the files of an analysis: all of them aside, then each moved to its place, the page last.

    Args:
        folder: Made when it is not there.
        tables: File name -> table, written as parquet.
        data: File name -> what becomes JSON.
        texts: File name -> text.
        plots: For `figures/`, each as SVG, CSV and JSON.
        citation: Where the figures come from.
        page: HTML.

    Returns:
        Path of the page.

    Raises:
        ResultError: What the operating system says, in one sentence.
    """
    texts = dict(texts or {})
    for name, each in (data or {}).items():
        texts[name] = json.dumps(each, indent=1, ensure_ascii=False) + "\n"
    if page is not None:
        texts[PAGE] = page
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".partial-", dir=folder) as name:
            aside = Path(name)
            for file, table in (tables or {}).items():
                table.to_parquet(aside / file, index=False, compression="zstd")
            for file, text in texts.items():
                (aside / file).parent.mkdir(exist_ok=True)
                (aside / file).write_text(text, encoding="utf-8")
            if plots:
                (aside / "figures").mkdir()
            for plot in plots:
                figures.save(plot, aside / "figures", citation)
            written = sorted(path for path in aside.rglob("*") if path.is_file())
            for path in sorted(written, key=lambda path: path.name == PAGE):
                with path.open("r+b") as whole:
                    os.fsync(whole.fileno())
                target = folder / path.relative_to(aside)
                target.parent.mkdir(exist_ok=True)
                path.replace(target)
    return folder / PAGE


def sentences(
    template: Path, filters: Mapping[str, Callable[..., str]] | None = None, **given: Any
) -> list[str]:
    """Fill a text template; its paragraphs, which blank lines part, each on one line."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # plain text for terminal and JSON; a page escapes it itself
        loader=FileSystemLoader(template.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"listed": listed, **(filters or {})}
    text = environment.get_template(template.name).render(**given)
    # not \s: a non-breaking space stays
    parts = (re.sub(r"[ \n]+", " ", part).strip(" ") for part in re.split(r"\n *\n", text))
    return [part for part in parts if part]


def listed(parts: Sequence[str], last: str = " and ", between: str = ", ") -> str:
    """Parts as one reads them: a, b and c."""
    *first, end = parts
    return f"{between.join(first)}{last}{end}" if first else end


def measure_in_words(measure: str) -> str:
    """A measure as one reads it: In child labour, at the end of the programme."""
    name, _, moment = measure.partition("@")
    label = describe(name).label or name
    return f"{label}, {MOMENTS.get(moment, f'at {moment}')}" if moment else label


def in_words(name: str) -> str:
    """The name of a factor as one reads it: school: seat slack."""
    return name.replace(".", ": ").replace("_", " ")


def wrong(text: str) -> InputError:
    """An input that cannot be used, in one sentence."""
    return InputError([Problem("", 0, 0, text)])
