"""Sentences of an evaluation: English for any count, and no more than the numbers say."""

from types import SimpleNamespace

import pandas as pd
import pytest
from clfz.analysis.evaluation import words
from clfz.analysis.evaluation.surveys import SURVEYS


@pytest.mark.parametrize(
    ("agree", "there", "said"),
    [
        (1, 1, "The one figure lies"),
        (0, 1, "The one figure does not lie"),
        (2, 2, "Both figures lie"),
        (0, 2, "None of the two figures lies"),
        (4, 4, "All four figures lie"),
        (1, 4, "One of four figures lies"),
        (3, 4, "Three of four figures lie"),
    ],
)
def test_how_many_figures_agree(agree, there, said):
    assert words.said("count", agree, there) == said
    title = words.said("title", SimpleNamespace(verdicts=range(there), agreeing=agree), "Here")
    assert ("both" in title) == (agree == there == 2)


@pytest.mark.parametrize(
    ("three", "said"),
    [
        ((149, 30, 733), "150, likely 30 to 700"),
        ((133, 56, 1563), "130, likely 60 to 1,600"),
        ((40, 29, 52), "40, likely 29 to 52"),
        ((370, 250, 500), "370, likely 250 to 500"),
        ((3, 0, 2000), "3, likely 0 to 2,000"),
    ],
)
def test_small_numbers_of_a_wide_range_keep_a_digit(three, said):
    assert words.ranged(three) == said


def answer(*worths, sets=500):
    rows = [
        (survey.title, narrower, error, narrower > 2 * error)
        for survey, (narrower, error) in zip(SURVEYS, worths, strict=False)
    ]
    return SimpleNamespace(
        narrowings=pd.DataFrame(rows, columns=["what", "narrower", "standard_error", "clear"]),
        sets=range(sets),
        plan=SimpleNamespace(comparison=SimpleNamespace(replicates=2)),
    )


def test_the_largest_survey_that_is_sure_is_not_called_the_largest_of_all():
    sure = words.said("next_survey", answer((0.25, 0.03), (0.10, 0.02)))
    assert sure.startswith("Of the surveys that were tried, one would narrow")
    assert SURVEYS[0].title in sure
    unsure = words.said("next_survey", answer((0.25, 0.20), (0.10, 0.02)))
    assert unsure.startswith("Of the surveys that can be told from nothing, one would narrow")
    assert SURVEYS[1].title in unsure


def test_few_sets_of_assumptions_choose_no_survey():
    said = words.said("next_survey", answer((0.25, 0.03), sets=49))
    assert said.startswith("49 sets of assumptions are too few")
    assert "narrower" not in said
