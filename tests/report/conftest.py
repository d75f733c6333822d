from pathlib import Path

import pytest
from clfz.report import build
from clfz.report.numbers import Numbers
from clfz.runs.results import ComparisonResult

from tests.report.fake import PLANS, Plan, fake_result

BY_NAME = {plan.name: plan for plan in PLANS}
NONE = BY_NAME["none"]
USELESS = Plan("useless", "A poster", 0.004, 0.0, 500, ("printing",))


@pytest.fixture(scope="session")
def many() -> ComparisonResult:
    """Eight scenarios, as the headline comparison has, with fewer measured."""
    return fake_result(draws=8, replicates=3, seed=10)


@pytest.fixture(scope="session")
def few() -> ComparisonResult:
    """Two programmes that help alike and one that does nothing."""
    alike = BY_NAME["wages"].but(effect=0.28)
    return fake_result((NONE, BY_NAME["cash-transfer"], alike, USELESS), draws=10, replicates=3)


@pytest.fixture(scope="session")
def numbers(many: ComparisonResult) -> Numbers:
    return Numbers(many)


@pytest.fixture(scope="session")
def folder(many: ComparisonResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on `many`: drawing is slow, so each result is drawn once."""
    return build(many, tmp_path_factory.mktemp("many")).parent


@pytest.fixture(scope="session")
def few_folder(few: ComparisonResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on `few`."""
    return build(few, tmp_path_factory.mktemp("few")).parent
