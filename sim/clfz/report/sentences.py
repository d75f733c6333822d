"""The sentences of the report: `sentences.jinja` filled with the numbers; none is written by hand."""

from __future__ import annotations

import re

from markupsafe import Markup

from clfz.report import labels, phrases
from clfz.report import numbers as names
from clfz.report.drivers import FEWEST_DRAWS, drivers
from clfz.report.fill import environment
from clfz.report.numbers import Numbers
from clfz.report.phrases import Phrases, tagged
from clfz.runs import summary
from clfz.runs.plan import BY_HAND

_BREAK = re.compile(r"\n[ \n]*\n")
_SPACE = re.compile(r"[ \n]+")  # a no-break space stays


class Sentences:
    """The sentences about one result: `say("answer")` returns the paragraphs of a section.

    Sections are the macros of the template: title, where, warnings, reading, answer, remarks, zone,
    changes, next_steps, limits, money, legend.
    """

    def __init__(self, numbers: Numbers) -> None:
        manifest = numbers.manifest
        settings = environment()
        settings.lstrip_blocks = True
        settings.filters |= {
            "day": lambda stamp: labels.day(str(stamp)),
            "drivers": lambda plan: drivers(numbers, plan),
            "listed": labels.listed,
            "full_place": labels.full_place,
            "place": labels.place,
            "quote": Markup("“{}”").format,
            "short": "{:g}".format,
            "spelled": labels.spelled,
            "tagged": tagged,
            "years": labels.years,
        }
        shocks = [str(s.get("title", s.get("name"))) for s in manifest.get("shocks", ())]
        perspective = manifest.get("reporting", {}).get("perspective")
        given = {
            "n": numbers,
            "p": Phrases(numbers),
            "m": manifest,
            "base": numbers.baseline.name,
            "few_runs": numbers.runs < summary.FEWEST,
            "shocks": shocks,
            "society": perspective == "society",
            "FEWEST_DRAWS": FEWEST_DRAWS,
            "BY_HAND": BY_HAND,
        }
        for module in (names, phrases, summary):
            given |= {name: value for name, value in vars(module).items() if name.isupper()}
        self._module = settings.get_template("sentences.jinja").make_module(given)

    def __call__(self, section: str, *given: object) -> list[Markup]:
        """Return the paragraphs of a section, each in one line."""
        found = _BREAK.split(getattr(self._module, section)(*given))
        lines = (_SPACE.sub(" ", part).strip(" ") for part in found)
        return [Markup(line) for line in lines if line]
