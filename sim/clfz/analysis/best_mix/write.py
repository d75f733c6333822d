"""The folder of an optimisation: tidy tables, mixes as programme files, one JSON object, pictures and a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clfz.analysis.best_mix import words
from clfz.analysis.best_mix.figure import numbered, pictures
from clfz.analysis.folder import write_frame, write_text
from clfz.report.figures.plot import save
from clfz.report.fill import fill
from clfz.runs.results import plain_errors

if TYPE_CHECKING:
    from clfz.analysis.best_mix.run import Answer, Best, Candidate


def write(best: Best, folder: Path) -> None:
    """Write everything; each file whole or not at all, the page last."""
    plots = pictures(best)
    with plain_errors(folder):
        write_frame(mixes(best), folder / "mixes.parquet")
        write_frame(tried(best), folder / "tried.parquet")
        write_text(json.dumps(facts(best), indent=1) + "\n", folder / "optimise.json")
        for each in best.answers:
            write_text(
                programme_file(best, each), folder / "programmes" / f"{file_name(each)}.yaml"
            )
        (folder / "figures").mkdir(exist_ok=True)
        for plot in plots:
            save(plot, folder / "figures", f"clfz optimise: {best.bench.measure}")
        write_text(html(best, plots), folder / "report.html")


def mixes(best: Best) -> pd.DataFrame:
    """One row a budget and finalist, the best first: intensities, money, value, and how it compares."""
    return pd.DataFrame(
        [
            _row(best, each, name, candidate)
            for each in best.answers
            for name, candidate in numbered(each)
        ]
    )


def tried(best: Best) -> pd.DataFrame:
    """One row a mix of the search: intensities, mean value and cost in the sets of the search."""
    frame = pd.DataFrame(
        list(best.tried), columns=[f"{k}.intensity" for k in best.bench.parts.kinds]
    )
    found = np.array(list(best.tried.values()))
    frame[best.bench.measure], frame["cost_spent"] = best.bench.sign * found[:, 0], found[:, 1]
    return frame


def facts(best: Best) -> dict[str, Any]:
    """Everything in one plain object."""
    return {
        "zone": best.bench.study.zones[0].name,
        "measure": best.bench.measure,
        "aim": best.aim,
        "mixes_tried": len(best.tried),
        "draws": dict(zip(("search", "choose", "judge"), best.draws, strict=True)),
        "replicates": best.replicates,
        "seed": best.seed,
        "answer": best.answer(),
        "budgets": [
            {
                "budget": each.budget,
                "searched_score": each.searched,
                "best": _told(best, each.best),
                "cannot_be_told_apart": [_told(best, near) for near in each.near],
                "worse": [_told(best, c) for c in each.rivals if c.apart],
            }
            for each in best.answers
        ],
    }


def programme_file(best: Best, each: Answer) -> str:
    """The best mix of a budget as a file that `clfz run` and `clfz compare` take."""
    from io import StringIO

    from ruamel.yaml import YAML

    whole = best.bench.parts.programme(each.best.mix)
    plain = {
        "name": file_name(each),
        "title": f"Best mix for {each.budget:,.0f} euro",
        "summary": f"Found by clfz optimise for {words.label(best)}; see report.html beside it.",
        "interventions": [item.as_block() for item in whole.interventions],
    }
    text = StringIO()
    yaml = YAML()
    yaml.width = 100
    yaml.dump(json.loads(json.dumps(plain)), text)
    return text.getvalue()


def file_name(each: Answer) -> str:
    """Name of the file of a budget."""
    return f"mix-{each.budget:.0f}"


def html(best: Best, plots: list[Any]) -> str:
    """The page as text."""
    study = best.bench.study
    return fill(
        Path(__file__).with_name("page.html"),
        best=best,
        words=words,
        numbered=numbered,
        answer=best.answer(),
        place=study.zones[0].title,
        months=study.spec.programme_months,
        after=study.spec.after_months,
        plots=plots,
        file_name=file_name,
    )


def _row(best: Best, each: Answer, name: str, candidate: Candidate) -> dict[str, Any]:
    low, high = words.ends(best, candidate)
    parts = best.bench.parts.kinds
    return {
        "budget": each.budget,
        "mix": name,
        "told_apart": candidate.apart,
        "cost_spent": candidate.cost,
        "mean": words.middle(best, candidate),
        "p05": low,
        "p95": high,
        "score": candidate.score,
        "score_low": candidate.low,
        "score_high": candidate.high,
        "behind": candidate.behind,
        "behind_low": candidate.behind_low,
        "behind_high": candidate.behind_high,
        **{f"{k}.intensity": size for k, size in zip(parts, candidate.mix, strict=True)},
        **{f"{k}.about_eur": money for k, money in zip(parts, candidate.by_part, strict=True)},
    }


def _told(best: Best, candidate: Candidate) -> dict[str, Any]:
    low, high = words.ends(best, candidate)
    sizes = dict(zip(best.bench.parts.kinds, candidate.mix, strict=True))
    return {
        "intensity": {kind: size for kind, size in sizes.items() if size > 0},
        "cost": round(candidate.cost, 1),
        "mean": words.middle(best, candidate),
        "p05": low,
        "p95": high,
        "score": candidate.score,
        "score_interval": [candidate.low, candidate.high],
        "behind": candidate.behind,
        "behind_interval": [candidate.behind_low, candidate.behind_high],
    }
