"""What goes with an effect: planted links are found, chance ones are not, draws are the engine's."""

import numpy as np
import pytest
from clfz.report import drivers
from clfz.report.numbers import HEADLINE, Numbers
from clfz.report.phrases import plain
from clfz.report.sentences import Sentences
from clfz.runs.results import ComparisonResult

from tests.report.fake import PLANS, fake_result


@pytest.fixture(scope="module")
def result() -> ComparisonResult:
    return fake_result((PLANS[0], PLANS[2]), 24, 0, draws=25, replicates=3)


def plant(
    monkeypatch: pytest.MonkeyPatch, numbers: Numbers, share: float
) -> drivers.Drivers | None:
    """Put a column that goes with the effect, by that share, among sixty that do not."""
    rng = np.random.default_rng(4)
    effect = (
        -numbers.result.run_measures.against(HEADLINE, "cash-transfer").reshape(25, 3).mean(axis=1)
    )
    effect = (effect - effect.mean()) / effect.std()
    values = rng.normal(size=(25, 61))
    values[:, 7] = share * effect + (1 - share) * values[:, 7]
    names = [f"assumption {at}" for at in range(61)]
    monkeypatch.setattr(drivers, "assumptions_table", lambda _: (names, values))
    return drivers.drivers(numbers, numbers.plans[0])


@pytest.mark.parametrize(
    ("share", "names", "words"),
    [
        (
            *(0.9, ["assumption 7"]),
            "assumption 7 (more when it is higher). Find out about this first.",
        ),
        (0.0, [], "No single assumption decides"),  # what may be chance is not named
    ],
)
def test_a_planted_link_is_found_and_named(
    monkeypatch: pytest.MonkeyPatch,
    result: ComparisonResult,
    share: float,
    names: list[str],
    words: str,
) -> None:
    numbers = Numbers(result)
    seen = plant(monkeypatch, numbers, share)
    assert seen is not None
    assert seen.varied == 61
    assert [name for name, _ in seen.found] == names
    assert all(link > 0.9 for _, link in seen.found)
    assert words in plain(Sentences(numbers)("changes")[0])


def test_the_draws_are_those_of_the_engine(result: ComparisonResult) -> None:
    from clfz.inputs import load_comparison
    from clfz.runs.plan import resolve

    plan = resolve(load_comparison("headline"))
    told = {
        "parameters": [parameter.model_dump(mode="json") for parameter in plan.parameters],
        "zone": plan.zone.model_dump(mode="json", by_alias=True),
        "seed": plan.comparison.seed,
    }
    frames = (result.indicators, result.outcomes, result.costs)
    numbers = Numbers(ComparisonResult.make(result.manifest | told, *frames))
    table = drivers.assumptions_table(numbers)
    assert table is not None
    drawn = plan.replications([(draw, 0) for draw in range(25)]).values
    wanted = np.array([list(values.values()) for values in drawn])
    assert np.array_equal(table[1][:, : wanted.shape[1]], wanted)


def test_drivers_need_a_whole_manifest_and_enough_draws(few: ComparisonResult) -> None:
    numbers = Numbers(few)
    assert drivers.drivers(numbers, numbers.plans[0]) is None
    numbers = Numbers(fake_result(PLANS[:2], 12, 0, draws=4))
    assert drivers.drivers(numbers, numbers.plans[0]) is None
